package wire

// A document larger than a frame crosses in pieces: document.open, then
// document.write from offset 0 on; a result is read with document.read. It is
// kept in a file without a name, for its caller alone, until document.close, an
// hour without use, or the end of the caller's connection.

// MaxDocument is the largest document, in bytes.
const MaxDocument = 256 << 20

// MaxPiece is how many bytes of a document travel in one message.
const MaxPiece = 512 << 10

// DocumentOpenParams announces a document.
type DocumentOpenParams struct {
	Name string `json:"name" jsonschema:"minLength=1,maxLength=255"` // a file's name without folders, for people
	Size int64  `json:"size" jsonschema:"minimum=0"`                 // bytes, at most MaxDocument
}

// DocumentHandle names a document of this caller.
type DocumentHandle struct {
	Document string `json:"document" jsonschema:"pattern=^[0-9a-f]{32}$"`
}

// DocumentWriteParams carries the next piece: pieces come in order.
type DocumentWriteParams struct {
	Document string `json:"document" jsonschema:"pattern=^[0-9a-f]{32}$"`
	Offset   int64  `json:"offset" jsonschema:"minimum=0"`
	Data     string `json:"data" jsonschema:"maxLength=699052"` // base64, at most MaxPiece bytes
}

// DocumentWritten says how much of the document is here, in bytes.
type DocumentWritten struct {
	Received int64 `json:"received"`
}

// DocumentReadParams asks for a piece of at most MaxPiece bytes.
type DocumentReadParams struct {
	Document string `json:"document" jsonschema:"pattern=^[0-9a-f]{32}$"`
	Offset   int64  `json:"offset" jsonschema:"minimum=0"`
}

// DocumentPiece is one.
type DocumentPiece struct {
	Data string `json:"data"` // base64
	Size int64  `json:"size"` // of the whole document, bytes
	End  bool   `json:"end,omitempty"`
}

// VerifyDocumentParams asks who signed a document, and whether that holds. A detached
// signature comes with what it signs.
type VerifyDocumentParams struct {
	Document        string `json:"document,omitempty" jsonschema:"pattern=^[0-9a-f]{32}$"`
	Content         string `json:"content,omitempty" jsonschema:"maxLength=699052"` // base64, instead of Document
	Name            string `json:"name,omitempty" jsonschema:"maxLength=255"`
	Original        string `json:"original,omitempty" jsonschema:"pattern=^[0-9a-f]{32}$"`
	OriginalContent string `json:"original_content,omitempty" jsonschema:"maxLength=699052"`
}

// Verdict is what a check of a signature, or of a document, came to
// (ETSI EN 319 102-1, section 5.1.3).
type Verdict string

// The verdicts.
const (
	VerdictValid   Verdict = "valid"         // TOTAL-PASSED
	VerdictUnknown Verdict = "indeterminate" // nothing is wrong, and not everything could be checked
	VerdictInvalid Verdict = "invalid"       // TOTAL-FAILED
)

// Verification tells what was found. A document is as good as its worst signature.
type Verification struct {
	Verdict    Verdict             `json:"verdict" jsonschema:"enum=valid,enum=indeterminate,enum=invalid"`
	Text       string              `json:"text"` // the verdict in one Italian sentence
	Format     string              `json:"format"`
	Size       int64               `json:"size"`
	SHA256     string              `json:"sha256"` // of the document, lower-case hex
	Signatures []VerifiedSignature `json:"signatures"`
	// Added is set when a PDF was changed after its last signature, or holds more than what is signed.
	Added bool `json:"added,omitempty"`
}

// VerifiedSignature is one signature of a document.
type VerifiedSignature struct {
	Verdict    Verdict    `json:"verdict" jsonschema:"enum=valid,enum=indeterminate,enum=invalid"`
	Format     string     `json:"format"` // "PAdES-B-T"
	Signer     Signatory  `json:"signer"`
	Algorithm  string     `json:"algorithm"`            // "RSA-2048, PKCS #1 v1.5, SHA-256"
	ClaimedAt  string     `json:"claimed_at,omitempty"` // RFC 3339, as the signer says
	Timestamp  *Timestamp `json:"timestamp,omitempty"`
	Integrity  string     `json:"integrity" jsonschema:"enum=intact,enum=broken,enum=not_checked"`              // not_checked: of an algorithm that is not computed here
	Covers     string     `json:"covers" jsonschema:"enum=whole,enum=revision,enum=part"`                       // revision: a PDF was added to afterwards
	Chain      string     `json:"chain" jsonschema:"enum=trusted,enum=untrusted,enum=not_checked"`              // to the trust list
	Trust      string     `json:"trust,omitempty"`                                                              // name of the service in the trust list
	Revocation string     `json:"revocation" jsonschema:"enum=good,enum=revoked,enum=unknown,enum=not_checked"` // at the time of signing
	Validity   string     `json:"validity" jsonschema:"enum=valid,enum=expired,enum=not_yet_valid"`             // of the certificate, at the time of signing
	Notices    []Notice   `json:"notices"`                                                                      // why the verdict is what it is
}

// Signatory is who a certificate names.
type Signatory struct {
	Name        string `json:"name"`
	CF          string `json:"cf,omitempty"`
	Issuer      string `json:"issuer"`
	Fingerprint string `json:"fingerprint"`         // SHA-256 of the certificate, lower-case hex
	NotAfter    string `json:"not_after"`           // RFC 3339
	Qualified   bool   `json:"qualified,omitempty"` // the certificate says that it is qualified (ETSI EN 319 412-5, QcCompliance)
}

// Timestamp is a time-stamp token (RFC 3161) over a signature.
type Timestamp struct {
	At        string `json:"at"` // RFC 3339
	Authority string `json:"authority"`
	Trusted   bool   `json:"trusted,omitempty"`
}
