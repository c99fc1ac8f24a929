package views

// Lookup is a filter by a person or a vault, of which there may be many: a text that the server
// completes while someone types, and that means one of them.
type Lookup struct {
	Field string // the name of the form's field, which has the text
	Label string
	Icon  string
	All   string // what an empty text means: "Everyone"
	Text  string // as entered; of a valid one, the words that the list has for it
	Hits  []Hit  // the first of all
}

// Hit is one of a lookup's options. Value is the text that means it, Label says more, "" for
// nothing more.
type Hit struct {
	Value string
	Label string
}

func (l Lookup) listID() string { return l.Field + "-hits" }
