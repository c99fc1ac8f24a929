package views

import "unicode"

// initial is the first letter or digit of a text, for the tile beside it.
func initial(text string) string {
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return "•"
}

// signPath draws the sign of a dead end in a box of 24: a clock, a broken
// connection, a shield or, for most, a link cut in two.
func signPath(name string) string {
	const circle = "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18z"
	switch name {
	case "expired", "too-many":
		return circle + "M12 7v5l3 2"
	case "viewed", "viewed-here", "done":
		return circle + "M8.5 12l2.5 2.5l4.5-5"
	case "revoked":
		return circle + "M5.7 5.7l12.6 12.6"
	case "offline", "unavailable", "unknown":
		return "M4 10a12 12 0 0 1 16 0M7 13.5a7.5 7.5 0 0 1 10 0M12 18h.01M4 4l16 16"
	case "damaged", "changed", "insecure":
		return "M12 3l8 3v6c0 4.5-3.5 7.5-8 9c-4.5-1.5-8-4.5-8-9V6zM12 8v5M12 16h.01"
	default:
		return "M9 15l6-6M11 7l1.5-1.5a4 4 0 0 1 6 6L17 13M13 17l-1.5 1.5a4 4 0 0 1-6-6L7 11"
	}
}
