# Completes itemshare in fish: itemshare completion fish > ~/.config/fish/completions/itemshare.fish
function __itemshare_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l found ($words[1] complete -- $words[2..-1] "$current" 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path "$current"
    end
end
complete -c itemshare -f -a '(__itemshare_complete)'
