#compdef itemshare
# Completes itemshare in zsh. Add to ~/.zshrc, below compinit: source <(itemshare completion zsh)
_itemshare() {
    local line
    local -a found
    while IFS= read -r line; do
        found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    done < <("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
    if (( $#found )); then
        _describe itemshare found
    else
        _files
    fi
}
if [ "${funcstack[1]}" = _itemshare ]; then
    _itemshare "$@"
else
    compdef _itemshare itemshare
fi
