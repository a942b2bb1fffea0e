package csc

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"raccordo/host/internal/sim/signing/vault"
)

// The algorithms of the keys, by OID.
var (
	algosRSA = []string{oidRSA, oidRSA256, oidRSA384, oidRSA512, oidPSS}
	algosEC  = []string{oidECDSA256}
)

const oidP256 = "1.2.840.10045.3.1.7"

// userOf is whose credentials are listed. userID is for programs with a token of
// their own, and must be absent from whoever has logged in as somebody (CSC API
// 1.0.4.0 section 11.4).
func (s *Service) userOf(c *call) (string, error) {
	if c.token.user != "" {
		if v, there := c.body["userID"]; there && v != nil {
			return "", invalid("userID parameter MUST be null")
		}
		return c.token.user, nil
	}
	user, err := c.body.needText("userID")
	if err != nil || s.vault.Credentials(user) == nil {
		return "", invalid("Invalid parameter userID")
	}
	return user, nil
}

// listV1 is credentials/list in pages.
func (s *Service) listV1(c *call) (any, error) {
	user, err := s.userOf(c)
	if err != nil {
		return nil, err
	}
	most, there, err := c.body.number("maxResults")
	if err != nil || there && most < 1 {
		return nil, invalid("Invalid parameter maxResults")
	}
	page, err := c.body.text("pageToken")
	if err != nil {
		return nil, invalid("Invalid parameter pageToken")
	}
	all := s.vault.Credentials(user)
	from := 0
	if page != "" {
		if from, err = pageFrom(page); err != nil || from >= len(all) {
			return nil, invalid("Invalid parameter pageToken")
		}
	}
	size := s.vault.Settings().PageSize
	if there {
		size = min(size, most)
	}
	var answer struct {
		IDs  []string `json:"credentialIDs"`
		Next string   `json:"nextPageToken,omitempty"`
	}
	to := min(from+size, len(all))
	for _, each := range all[from:to] {
		answer.IDs = append(answer.IDs, each.ID)
	}
	if to < len(all) {
		answer.Next = base64.RawURLEncoding.EncodeToString([]byte("da " + strconv.Itoa(to)))
	}
	return answer, nil
}

func pageFrom(token string) (int, error) {
	text, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(string(text), "da "), 10, 16)
	return int(n), err
}

// listV2 is credentials/list without pages, with what credentials/info would say
// when it is asked.
func (s *Service) listV2(c *call) (any, error) {
	user, err := s.userOf(c)
	if err != nil {
		return nil, err
	}
	want, err := readWanted(c)
	if err != nil {
		return nil, err
	}
	infos, err := c.body.truth("credentialInfo")
	if err != nil {
		return nil, err
	}
	onlyValid, err := c.body.truth("onlyValid")
	if err != nil {
		return nil, err
	}
	var answer struct {
		IDs       []string      `json:"credentialIDs"`
		Infos     []*infoAnswer `json:"credentialInfos,omitempty"`
		OnlyValid *bool         `json:"onlyValid,omitempty"`
	}
	for _, each := range s.vault.Credentials(user) {
		if onlyValid && !each.Usable() {
			continue
		}
		answer.IDs = append(answer.IDs, each.ID)
		if infos {
			row := s.describe(each, want, true)
			row.ID = each.ID
			answer.Infos = append(answer.Infos, row)
		}
	}
	if onlyValid {
		answer.OnlyValid = &onlyValid
	}
	return answer, nil
}

// wanted is how much of a credential is told.
type wanted struct {
	certificates string
	cert, auth   bool
}

func readWanted(c *call) (w wanted, err error) {
	if w.certificates, err = c.body.text("certificates"); err != nil {
		return w, invalid("Invalid parameter certificates")
	}
	if w.certificates == "" {
		w.certificates = "single"
	}
	if !slices.Contains([]string{"none", "single", "chain"}, w.certificates) {
		return w, invalid("Invalid parameter certificates")
	}
	if w.cert, err = c.body.truth("certInfo"); err != nil {
		return w, err
	}
	if w.auth, err = c.body.truth("authInfo"); err != nil {
		return w, err
	}
	_, err = c.body.text("lang")
	return w, err
}

// credential is the one that a request names.
func (s *Service) credential(c *call) (vault.Credential, error) {
	id, err := c.body.needText("credentialID")
	if err != nil {
		return vault.Credential{}, err
	}
	found, ok := s.vault.Find(id)
	if !ok || c.token.user != "" && c.token.user != found.User {
		return found, invalid("Invalid parameter credentialID")
	}
	return found, nil
}

// credentialInfo is credentials/info of both versions.
func (s *Service) credentialInfo(c *call) (any, error) {
	found, err := s.credential(c)
	if err != nil {
		return nil, err
	}
	want, err := readWanted(c)
	if err != nil {
		return nil, err
	}
	return s.describe(found, want, c.v2), nil
}
