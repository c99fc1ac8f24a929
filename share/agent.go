package share

import "strings"

// CoarseAgent names browser and device of a User-Agent: "Safari on iPhone". It says
// as little as tells two devices of one person apart, never a version.
func CoarseAgent(userAgent string) string {
	browser := firstOf(userAgent, [][2]string{
		{"Edg", "Edge"},
		{"OPR/", "Opera"},
		{"SamsungBrowser", "Samsung Internet"},
		{"Firefox", "Firefox"},
		{"FxiOS", "Firefox"},
		{"CriOS", "Chrome"},
		{"Chrome", "Chrome"},
		{"Chromium", "Chrome"},
		{"Safari", "Safari"},
		{"curl", "curl"},
	})
	device := firstOf(userAgent, [][2]string{
		{"iPhone", "iPhone"},
		{"iPad", "iPad"},
		{"Android", "Android"},
		{"Windows", "Windows"},
		{"CrOS", "ChromeOS"},
		{"Macintosh", "Mac"},
		{"Mac OS", "Mac"},
		{"Linux", "Linux"},
	})
	switch {
	case browser == "" && device == "":
		return "Unknown browser"
	case device == "":
		return browser
	case browser == "":
		return "Unknown browser on " + device
	default:
		return browser + " on " + device
	}
}

// firstOf gives the name of the first mark that stands in a text.
func firstOf(text string, marks [][2]string) string {
	for _, mark := range marks {
		if strings.Contains(text, mark[0]) {
			return mark[1]
		}
	}
	return ""
}
