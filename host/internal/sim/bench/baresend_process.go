package bench

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// BareSendOptions are what a process needs that only posts envelopes.
type BareSendOptions struct {
	Address, Action string
	Token           string // bearer
	CA              []byte // PEM
	Certificate     []byte // PEM of certificate and key; empty: none
}

// BareSend is that process: one HTTP client, one connection kept alive, no disk.
// Its first line of input are its options; each further one names a file with
// envelopes, which it sends one after the other and answers with the nanoseconds
// that took.
func BareSend(ctx context.Context, in io.Reader, out io.Writer) error {
	lines := bufio.NewReader(in)
	first, err := lines.ReadBytes('\n')
	if err != nil {
		return err
	}
	var o BareSendOptions
	if err := json.Unmarshal(first, &o); err != nil {
		return err
	}
	config := &tls.Config{RootCAs: x509.NewCertPool()}
	if !config.RootCAs.AppendCertsFromPEM(o.CA) {
		return errors.New("no authority")
	}
	if len(o.Certificate) > 0 {
		pair, err := tls.X509KeyPair(o.Certificate, o.Certificate)
		if err != nil {
			return err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: config, MaxConnsPerHost: 1, DisableCompression: true}}
	for {
		file, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		took, err := o.send(ctx, client, strings.TrimSpace(file))
		if err != nil {
			return err
		}
		fmt.Fprintln(out, took.Nanoseconds())
	}
}

func (o BareSendOptions) send(ctx context.Context, client *http.Client, file string) (time.Duration, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	var envelopes [][]byte
	if err := json.Unmarshal(text, &envelopes); err != nil {
		return 0, err
	}
	begin := time.Now()
	for _, e := range envelopes {
		body, err := post(ctx, client, o.Address, o.Action, o.Token, e)
		if err != nil {
			return 0, err
		}
		if !bytes.Contains(body, []byte("codEsitoInserimento>0000<")) {
			return 0, fmt.Errorf("not accepted: %.2000s", body)
		}
	}
	return time.Since(begin), nil
}

func post(ctx context.Context, client *http.Client, address, action, token string, body []byte) ([]byte, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if action != "" {
		q.Header.Set("Content-Type", "text/xml; charset=utf-8")
		q.Header.Set("SOAPAction", `"`+action+`"`)
	}
	if token != "" {
		q.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := client.Do(q)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode/100 != 2 {
		err = fmt.Errorf("HTTP %s: %.500s", answer.Status, text)
	}
	return text, err
}
