package vault

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// subtitleRunes is the length of the longest value that can be a subtitle.
const subtitleRunes = 100

// OverviewOf returns the item's overview.
func OverviewOf(item Item) Overview {
	return Overview{
		ID:         item.ID,
		VaultID:    item.VaultID,
		Title:      item.Title,
		Subtitle:   Subtitle(item),
		Category:   item.Category,
		Sites:      sites(item.Websites),
		Tags:       item.Tags,
		Version:    item.Version,
		UpdatedAt:  item.UpdatedAt,
		ArchivedAt: item.ArchivedAt,
	}
}

// Subtitle returns the item's user name, or else an email address, another short value that is not
// concealed, a website's host or a file's name. It never returns notes.
func Subtitle(item Item) string {
	for _, fits := range []func(Field) bool{
		func(f Field) bool { return f.ID == "username" && !f.Type.Concealed() },
		func(f Field) bool { return f.Type == FieldEmail },
		func(f Field) bool { return f.Type == FieldURL },
		func(f Field) bool { return f.Type == FieldText },
	} {
		for _, field := range item.Fields {
			if value := strings.TrimSpace(field.Value); fits(field) && isShortLine(value) {
				return value
			}
		}
	}
	if hosts := sites(item.Websites); len(hosts) > 0 {
		return hosts[0]
	}
	if len(item.Files) > 0 {
		return item.Files[0].Name
	}
	return ""
}

func isShortLine(value string) bool {
	return value != "" && !strings.ContainsAny(value, "\r\n") &&
		utf8.RuneCountInString(value) <= subtitleRunes
}

func sites(websites []Website) []string {
	var hosts []string
	for _, w := range websites {
		if host := w.Host(); host != "" && !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// Host returns the host of the website's address, or "" if it has none.
func (w Website) Host() string {
	link, err := url.Parse(w.Link())
	if err != nil {
		return ""
	}
	return strings.ToLower(link.Hostname())
}

// Link returns the website's address if it is http or https, and "" otherwise. An address without a
// scheme, such as "example.com/login", is https.
func (w Website) Link() string {
	address := strings.TrimSpace(w.URL)
	bare := !strings.Contains(address, "://")
	if bare {
		address = "https://" + address
	}
	link, err := url.Parse(address)
	if err != nil || (link.Scheme != "http" && link.Scheme != "https") {
		return ""
	}
	host := link.Hostname()
	if host == "" || strings.ContainsAny(host, " ()<>\"'\\") {
		return ""
	}
	// "mailto:ann@example.com" and "tel:123" must not turn into hosts.
	if bare && (link.User != nil || !strings.Contains(host, ".")) {
		return ""
	}
	return link.String()
}
