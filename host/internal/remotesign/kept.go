package remotesign

import "encoding/json"

// vault is what is kept of one service. Each value is bound to the service's
// address: a profile of the same name that points elsewhere sees nothing.
type vault struct {
	kept Kept
	p    Profile
}

type sealed struct {
	URL      string `json:"url"`
	User     string `json:"user,omitempty"`
	Password []byte `json:"password,omitempty"`
	Refresh  string `json:"refresh,omitempty"`
	Wrong    int    `json:"wrong,omitempty"`
}

func (v vault) name(what string) string { return "remote-" + v.p.ID + "-" + what }

// get is empty when nothing is kept, or nothing that can be read.
func (v vault) get(what string) (x sealed) {
	if v.kept == nil {
		return x
	}
	data, err := v.kept.Get(v.name(what))
	if err != nil || json.Unmarshal(data, &x) != nil || x.URL != v.p.URL {
		return sealed{}
	}
	return x
}

func (v vault) put(what string, x sealed) error {
	if v.kept == nil {
		return nil
	}
	x.URL = v.p.URL
	data, err := json.Marshal(x)
	if err != nil {
		return err
	}
	defer clear(data)
	return v.kept.Put(v.name(what), data)
}

func (v vault) drop(what string) error {
	if v.kept == nil {
		return nil
	}
	return v.kept.Delete(v.name(what))
}

// What is kept.
const (
	keptAccount = "account"
	keptClient  = "client"
	keptRefresh = "refresh"
	keptWrong   = "otp"
)
