package wire

// SignParams asks for signatures: one consent, and one PIN or OTP, for all.
type SignParams struct {
	Documents   []SignDocument `json:"documents" jsonschema:"minItems=1,maxItems=200"`
	Via         string         `json:"via,omitempty" jsonschema:"enum=auto,enum=card,enum=remote"` // empty: auto
	Certificate string         `json:"certificate,omitempty" jsonschema:"pattern=^[0-9a-f]{64}$"`  // of the card, when it has several
	Service     string         `json:"service,omitempty" jsonschema:"maxLength=64"`                // id of the remote service; empty: the first one
}

// SignDocument is one document and how it is to be signed.
type SignDocument struct {
	Document  string     `json:"document,omitempty" jsonschema:"pattern=^[0-9a-f]{32}$"`
	Content   string     `json:"content,omitempty" jsonschema:"maxLength=699052"` // base64, instead of Document
	Name      string     `json:"name" jsonschema:"minLength=1,maxLength=255"`     // as people are shown it
	Format    string     `json:"format" jsonschema:"enum=cades,enum=pades,enum=xades,enum=jws,enum=asic"`
	Level     string     `json:"level,omitempty" jsonschema:"enum=B,enum=T"`                                  // empty: B; T has a time-stamp
	Packaging string     `json:"packaging,omitempty" jsonschema:"enum=attached,enum=detached,enum=enveloped"` // empty: cades attached, xades enveloped, jws attached
	Reason    string     `json:"reason,omitempty" jsonschema:"maxLength=255"`                                 // pades
	Location  string     `json:"location,omitempty" jsonschema:"maxLength=255"`                               // pades
	Field     *SignField `json:"field,omitempty"`                                                             // pades: a signature that is seen
}

// SignField is where a PDF shows its signature, in points from the lower left
// corner of the page as it is looked at.
type SignField struct {
	Page   int     `json:"page"` // from 1; -1 is the last one
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
}

// SignResult has a row for each document, in the order of the request; some may
// be signed and others not.
type SignResult struct {
	Documents []SignedDocument `json:"documents"`
	Signed    int              `json:"signed"`
	Via       string           `json:"via" jsonschema:"enum=card,enum=remote"`
	Signer    Signatory        `json:"signer"`
}

// SignedDocument is a signed document, or why it is not.
type SignedDocument struct {
	Name     string `json:"name"` // with the ending of its format: "referto.pdf.p7m"
	Document string `json:"document,omitempty"`
	Size     int64  `json:"size,omitempty"`    // bytes
	SHA256   string `json:"sha256,omitempty"`  // of the signed document, lower-case hex
	Content  string `json:"content,omitempty"` // base64, when all of the answer fits into a frame
	Error    *Error `json:"error,omitempty"`
}

// SignProgress is sent after each document of a sign. batch.stop ends it.
type SignProgress struct {
	Done  int    `json:"done"`
	Total int    `json:"total"`
	Name  string `json:"name"`
	Error *Error `json:"error,omitempty"`
}

// Signing says with what a document could be signed now.
type Signing struct {
	Card   bool           `json:"card"`             // an inserted card has a signing certificate
	Remote []RemoteSigner `json:"remote,omitempty"` // configured remote signature services
}

// RemoteSigner is a remote signature service of the configuration.
type RemoteSigner struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Kind string `json:"kind" jsonschema:"enum=csc,enum=arss"`
}
