// Package asic makes and reads ASiC-E containers: a zip with documents and one
// signature over them, XAdES or CAdES. Of others' it reads ASiC-S too.
//
// A container is written as a stream, and read in place. What unpackers could
// disagree about is refused: names that occur twice or lead out of the
// folder, local headers unlike the directory, entries that overlap, encryption, more
// than fits.
//
// Standard: ETSI EN 319 162-1 (ASiC baseline containers).
package asic

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"hash"
	"hash/crc32"
	"io"
	"strings"
	"unicode/utf8"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cades"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/signature/xades"
	"raccordo/host/internal/wire"
)

// Form is how the signature inside is made.
type Form int

// The forms.
const (
	XAdES Form = iota
	CAdES
)

// File is a document of a container.
type File struct {
	Name      string // without folders
	MediaType string // empty: application/octet-stream
	Source    signature.Source
}

const (
	mediaTypeE = "application/vnd.etsi.asic-e+zip"
	mediaTypeS = "application/vnd.etsi.asic-s+zip"

	metaFolder    = "META-INF/"
	xadesName     = metaFolder + "signatures001.xml"
	cadesName     = metaFolder + "signature001.p7s"
	odfName       = metaFolder + "manifest.xml"
	cadesManifest = metaFolder + "ASiCManifest001.xml"
)

// container is what lacks only the signature's value.
type container struct {
	signature.Prepared // the signature inside

	opt   signature.Options
	form  Form
	files []File
	sums  [][]byte // SHA-256 of each file, as it was prepared
	beside,
	manifest string // an entry beside the signature, and its name
}

// Prepare readies a container with one signature over all files.
func Prepare(ctx context.Context, files []File, opt signature.Options, form Form) (signature.Prepared, error) {
	if opt.Packaging != "" && opt.Packaging != signature.Attached {
		return nil, &signature.Error{Code: wire.ErrSignFormat, Detail: "asic " + string(opt.Packaging)}
	}
	if err := checkNames(files); err != nil {
		return nil, err
	}
	c := &container{opt: opt, form: form}
	for _, f := range files {
		if f.MediaType == "" {
			f.MediaType = "application/octet-stream"
		}
		sum := sha256.New()
		if err := cms.Copy(ctx, sum, f.Source); err != nil {
			return nil, err
		}
		c.files, c.sums = append(c.files, f), append(c.sums, sum.Sum(nil))
	}
	var err error
	if form == CAdES {
		c.beside, c.manifest = cadesManifest, c.signedManifest()
		inner := opt
		inner.Packaging, inner.Name, inner.MediaType = signature.Detached, "", ""
		c.Prepared, err = cades.Prepare(ctx, strings.NewReader(c.manifest), inner)
		return c, err
	}
	c.beside, c.manifest = odfName, c.odfManifest()
	var references []xades.File
	for _, f := range c.files {
		references = append(references, xades.File(f))
	}
	c.Prepared, err = xades.PrepareFiles(ctx, references, opt, xadesOpen, xadesClose)
	return c, err
}

// checkNames takes only names that every unpacker puts beside each other.
func checkNames(files []File) error {
	if len(files) == 0 {
		return &signature.Error{Code: wire.ErrSignFormat, Detail: "no file"}
	}
	seen := map[string]bool{"mimetype": true, "meta-inf": true}
	for _, f := range files {
		folded := strings.ToLower(f.Name)
		if !safe(f.Name) || strings.Contains(f.Name, "/") || seen[folded] {
			return &signature.Error{Code: wire.ErrSignFormat, Detail: "file name"}
		}
		seen[folded] = true
	}
	return nil
}

// safe tells whether a name stays inside the folder where it is unpacked.
func safe(name string) bool {
	if name == "" || len(name) > 1024 || !utf8.ValidString(name) || strings.ContainsAny(name, "\\:") {
		return false
	}
	if strings.ContainsFunc(name, func(r rune) bool { return r < 0x20 || r == 0x7f }) {
		return false
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(name, "/"), "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return true
}

// Complete writes the container, once the value has been found right.
func (c *container) Complete(ctx context.Context, value []byte, w io.Writer) error {
	var signed bytes.Buffer
	if err := c.Prepared.Complete(ctx, value, &signed); err != nil {
		return err
	}
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, fast)
	if err := writeMimetype(z); err != nil {
		return err
	}
	for i, f := range c.files {
		sum := sha256.New()
		if err := c.write(ctx, z, f.Name, f.Source, sum); err != nil {
			return err
		}
		if !bytes.Equal(sum.Sum(nil), c.sums[i]) {
			return &signature.Error{Code: wire.ErrSignChanged}
		}
	}
	name := xadesName
	if c.form == CAdES {
		name = cadesName
	}
	if err := c.write(ctx, z, c.beside, strings.NewReader(c.manifest), sha256.New()); err != nil {
		return err
	}
	if err := c.write(ctx, z, name, bytes.NewReader(signed.Bytes()), sha256.New()); err != nil {
		return err
	}
	return z.Close()
}

// fast compresses: a PDF or a picture gives nothing more for ten times the work.
func fast(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) }

// writeMimetype makes the first entry: not compressed, and with its length before it, so that
// the media type stands at a fixed place (annex A.1).
func writeMimetype(z *zip.Writer) error {
	w, err := z.CreateRaw(&zip.FileHeader{
		Name: "mimetype", Method: zip.Store, CRC32: crc32.ChecksumIEEE([]byte(mediaTypeE)),
		CompressedSize64: uint64(len(mediaTypeE)), UncompressedSize64: uint64(len(mediaTypeE)),
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, mediaTypeE)
	return err
}

func (c *container) write(ctx context.Context, z *zip.Writer, name string, src signature.Source, sum hash.Hash) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: c.opt.Now.UTC()})
	if err != nil {
		return err
	}
	return cms.Copy(ctx, io.MultiWriter(w, sum), src)
}
