package share

import (
	"strings"

	"github.com/mileusna/useragent"
)

// browserNames holds the browsers that CoarseAgent names, by the library's names.
var browserNames = map[string]string{
	useragent.Chrome:         "Chrome",
	"Chromium":               "Chrome",
	useragent.HeadlessChrome: "Headless Chrome",
	useragent.Edge:           "Edge",
	"HeadlessEdg":            "Headless Edge",
	useragent.Firefox:        "Firefox",
	useragent.Safari:         "Safari",
	useragent.Opera:          "Opera",
	useragent.OperaMini:      "Opera",
	useragent.OperaTouch:     "Opera",
	useragent.SamsungBrowser: "Samsung Internet",
	useragent.Vivaldi:        "Vivaldi",
	"curl":                   "curl",
	"itemshare-go":           "itemshare",
}

// deviceNames holds the devices that CoarseAgent names, by the library's systems and devices.
var deviceNames = map[string]string{
	"iPhone":           "iPhone",
	"iPad":             "iPad",
	useragent.Android:  "Android",
	useragent.Windows:  "Windows",
	useragent.MacOS:    "Mac",
	useragent.ChromeOS: "ChromeOS",
	useragent.Linux:    "Linux",
	useragent.FreeBSD:  "FreeBSD",
	useragent.Harmony:  "HarmonyOS",
}

// longestAgent is in bytes. What stands behind it says nothing about browser or device.
const longestAgent = 512

// CoarseAgent returns browser and device of a User-Agent, such as "Safari on iPhone". It says just
// enough to tell two devices of one person apart: never a version, and no text of the sender's.
func CoarseAgent(userAgent string) string {
	userAgent = userAgent[:min(len(userAgent), longestAgent)]
	agent := useragent.Parse(userAgent)
	browser := browserNames[agent.Name]
	if browser == "" {
		browser = engineOf(userAgent)
	}
	device := deviceNames[agent.OS]
	if agent.IsIOS() {
		device = deviceNames[agent.Device]
	}
	if device == "" {
		return browser
	}
	return browser + " on " + device
}

// engineOf returns the browser whose engine another one says it has.
func engineOf(userAgent string) string {
	for _, engine := range []string{"Firefox", "Chrome", "Safari"} {
		if strings.Contains(userAgent, engine+"/") {
			return engine
		}
	}
	return "Unknown browser"
}
