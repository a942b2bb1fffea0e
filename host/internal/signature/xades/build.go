package xades

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"time"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/xmldsig"
)

// built is a ds:Signature that lacks its value and what comes after it in time.
type built struct {
	opt    signature.Options
	id     string
	info   string // ds:SignedInfo
	after  string // KeyInfo and the signed properties, up to where unsigned ones go
	digest []byte
}

// ending closes what after leaves open.
const ending = "</xades:QualifyingProperties></ds:Object></ds:Signature>"

// object is one thing that is signed, and what it is.
type object struct {
	reference xmldsig.Reference
	mediaType string
}

// build writes everything that can be without a key.
func build(opt signature.Options, objects []object) (*built, error) {
	id := newID()
	b := &built{opt: opt, id: id}
	var formats strings.Builder
	var references []xmldsig.Reference
	for i, o := range objects {
		o.reference.ID = fmt.Sprintf("r%d-%s", i, id)
		o.reference.Hash = opt.Identity.Algorithm.Hash
		fmt.Fprintf(&formats, `<xades:DataObjectFormat ObjectReference="#%s"><xades:MimeType>%s</xades:MimeType></xades:DataObjectFormat>`,
			o.reference.ID, xmldsig.Escape(o.mediaType))
		references = append(references, o.reference)
	}
	certificate, err := signingCertificate(opt.Identity)
	if err != nil {
		return nil, err
	}
	properties := fmt.Sprintf(`<xades:SignedProperties Id="p-%s"><xades:SignedSignatureProperties><xades:SigningTime>%s</xades:SigningTime>%s</xades:SignedSignatureProperties>`+
		`<xades:SignedDataObjectProperties>%s</xades:SignedDataObjectProperties></xades:SignedProperties>`,
		id, opt.Now.UTC().Format(time.RFC3339), certificate, formats.String())
	qualifying := fmt.Sprintf(`<xades:QualifyingProperties xmlns:xades="%s" Target="#s-%s">%s`, space, id, properties)
	b.after = xmldsig.KeyInfo(opt.Identity) + "<ds:Object>" + qualifying
	hash := opt.Identity.Algorithm.Hash
	digest, err := xmldsig.DigestOfFragment(hash, b.head()+b.after+ending, space, "SignedProperties")
	if err != nil {
		return nil, err
	}
	references = append(references, xmldsig.Reference{URI: "#p-" + id, Type: signedProperties, Transforms: []string{xmldsig.ExcC14N}, Hash: hash, Digest: digest})
	if b.info, err = xmldsig.SignedInfo(opt.Identity.Algorithm, references); err != nil {
		return nil, err
	}
	b.digest, err = xmldsig.DigestOfFragment(hash, b.head()+"</ds:Signature>", xmldsig.Space, "SignedInfo")
	return b, err
}

func (b *built) head() string {
	return fmt.Sprintf(`<ds:Signature xmlns:ds="%s" Id="s-%s">%s`, xmldsig.Space, b.id, b.info)
}

// signingCertificate is SigningCertificateV2 (section 5.2.2), of the signer alone.
func signingCertificate(i signature.Identity) (string, error) {
	issuer, err := issuerSerial(i.Certificate)
	if err != nil {
		return "", err
	}
	return "<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>" +
		xmldsig.DigestElements(i.Algorithm.Hash, i.Algorithm.Digest(i.Certificate.Raw)) +
		"</xades:CertDigest><xades:IssuerSerialV2>" + base64.StdEncoding.EncodeToString(issuer) +
		"</xades:IssuerSerialV2></xades:Cert></xades:SigningCertificateV2>", nil
}

// issuerSerial is the DER of IssuerSerial (RFC 5035, section 3); the name is
// copied as the certificate has it.
func issuerSerial(c *x509.Certificate) ([]byte, error) {
	return asn1.Marshal(struct {
		Issuer []asn1.RawValue
		Serial *big.Int
	}{[]asn1.RawValue{{Class: asn1.ClassContextSpecific, Tag: 4, IsCompound: true, Bytes: c.RawIssuer}}, c.SerialNumber})
}

// signature is the whole element, once the key has given its value.
func (b *built) signature(ctx context.Context, value []byte) (string, error) {
	if err := xmldsig.CheckValue(b.opt.Identity, b.digest, value); err != nil {
		return "", err
	}
	flat, err := xmldsig.Flat(b.opt.Identity.Algorithm, b.opt.Identity.Certificate.PublicKey, value)
	if err != nil {
		return "", err
	}
	head := b.head() + fmt.Sprintf(`<ds:SignatureValue Id="v-%s">%s</ds:SignatureValue>`, b.id, base64.StdEncoding.EncodeToString(flat))
	unsigned, err := b.unsigned(ctx, head)
	return head + b.after + unsigned + ending, err
}

// unsigned is a time-stamp over the value, if one is wanted.
func (b *built) unsigned(ctx context.Context, head string) (string, error) {
	if b.opt.Stamper == nil {
		return "", nil
	}
	digest, err := xmldsig.DigestOfFragment(crypto.SHA256, head+"</ds:Signature>", xmldsig.Space, "SignatureValue")
	if err != nil {
		return "", err
	}
	token, err := b.opt.Stamper.Stamp(ctx, digest)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`<xades:UnsignedProperties><xades:UnsignedSignatureProperties><xades:SignatureTimeStamp Id="t-%s"><ds:CanonicalizationMethod Algorithm="%s"/>`+
		`<xades:EncapsulatedTimeStamp>%s</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp></xades:UnsignedSignatureProperties></xades:UnsignedProperties>`,
		b.id, xmldsig.ExcC14N, base64.StdEncoding.EncodeToString(token)), nil
}
