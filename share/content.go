package share

// Content is the copy of an item that a share seals, in the JSON of the interface.
// What is absent in the item is absent in the JSON.
type Content struct {
	Title    string           `json:"title"`
	Category string           `json:"category"`
	Fields   []ContentField   `json:"fields,omitempty"`
	Sections []ContentSection `json:"sections,omitempty"`
	Websites []ContentWebsite `json:"websites,omitempty"`
	Tags     []string         `json:"tags,omitempty"`
	Notes    string           `json:"notes,omitempty"`
	Files    []ContentFile    `json:"files,omitempty"`
	SharedBy string           `json:"shared_by"`
	SharedAt int64            `json:"shared_at"` // Unix seconds
}

// ContentField is one value; Type is the SDK's name, Section a section's id or "".
type ContentField struct {
	Title   string `json:"title"`
	Type    string `json:"type"`
	Value   string `json:"value"`
	Section string `json:"section,omitempty"`
}

// ContentSection groups fields under a title.
type ContentSection struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// ContentWebsite is an address where the item is used.
type ContentWebsite struct {
	Label string `json:"label"`
	URL   string `json:"url"`
}

// ContentFile is a file's entry. Sizes are in bytes; NoncePrefix is 7 bytes as base64url.
type ContentFile struct {
	Index       int    `json:"index"`
	Name        string `json:"name"`
	Type        string `json:"type"`
	Size        int64  `json:"size"`
	ChunkSize   int    `json:"chunk_size"`
	NoncePrefix string `json:"nonce_prefix"`
}
