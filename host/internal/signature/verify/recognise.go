package verify

import (
	"bytes"
	"encoding/base64"
	"io"
	"regexp"

	"raccordo/host/internal/signature"
)

// kind is what a document is, by its bytes. Names and media types of files lie.
type kind string

const (
	unknown  kind = ""
	isPDF    kind = "PDF"
	isCMS    kind = "CMS"
	isXML    kind = "XML"
	isZIP    kind = "ASiC"
	isJWS    kind = "JWS"
	headSize      = 4 << 10
)

// signedData is id-signedData (RFC 5652, section 5.1) as it stands in DER.
var signedData = []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02}

// compact is how a JWS of one line starts: a JSON object, base64url (RFC 7515, section 7.1).
var compact = regexp.MustCompile(`^ey[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*(\.[A-Za-z0-9_-]*\s*)?$`)

// recognise looks at the first bytes of a document.
func recognise(src signature.Source) (kind, error) {
	head := make([]byte, min(headSize, src.Size()))
	if n, err := src.ReadAt(head, 0); err != nil && (err != io.EOF || n < len(head)) {
		return unknown, err
	}
	return recogniseHead(head), nil
}

func recogniseHead(head []byte) kind {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return isZIP
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return isPDF
	case isSignedData(head), isPEM(text), isSignedData(unbase64(text)):
		return isCMS
	case compact.Match(text):
		return isJWS
	case bytes.HasPrefix(text, []byte("<")), isWide(head):
		return isXML
	// Readers of PDF look for the mark in the first 1024 bytes (ISO 32000-1, annex
	// H, note 13).
	case bytes.Contains(head[:min(len(head), 1024)], []byte("%PDF-")):
		return isPDF
	}
	return unknown
}

// isSignedData tells a ContentInfo with SignedData: DER, or BER of indefinite length.
func isSignedData(head []byte) bool {
	if len(head) < 2 || head[0] != 0x30 {
		return false
	}
	rest := head[2:]
	if n := int(head[1]); n > 0x80 {
		rest = rest[min(n-0x80, len(rest)):]
	}
	return bytes.HasPrefix(rest, signedData)
}

// isPEM knows the labels that programs write (RFC 7468, sections 8 and 9).
func isPEM(text []byte) bool {
	for _, label := range []string{"PKCS7", "CMS", "PKCS #7 SIGNED DATA"} {
		if bytes.HasPrefix(text, []byte("-----BEGIN "+label+"-----")) {
			return true
		}
	}
	return false
}

// unbase64 decodes the first bytes of what may be base64.
func unbase64(text []byte) []byte {
	const enough = 64
	var plain []byte
	for _, c := range text {
		if c != '\r' && c != '\n' && c != ' ' && c != '\t' {
			plain = append(plain, c)
		}
		if len(plain) == enough {
			break
		}
	}
	out := make([]byte, base64.StdEncoding.DecodedLen(len(plain)))
	n, _ := base64.StdEncoding.Decode(out, plain)
	return out[:n]
}

// isWide tells XML in UTF-16 with a byte order mark.
func isWide(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\xff\xfe<\x00")) || bytes.HasPrefix(head, []byte("\xfe\xff\x00<"))
}
