package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"raccordo/host/internal/region"
	"raccordo/host/internal/remotesign"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// remoteServices are those of the profile, the setting's first.
func (e *Engine) remoteServices() []wire.RemoteSigner {
	list := []wire.RemoteSigner{}
	for _, p := range e.remoteProfiles() {
		list = append(list, wire.RemoteSigner{ID: p.ID, Name: p.Name, Kind: p.Kind})
	}
	return list
}

func (e *Engine) remoteProfiles() []remotesign.Profile {
	list := slices.Clone(e.profile.RemoteSigners())
	if i := slices.IndexFunc(list, func(p remotesign.Profile) bool { return p.ID == e.opt.Config.RemoteSignature }); i > 0 {
		chosen := list[i]
		list = slices.Insert(slices.Delete(list, i, i+1), 0, chosen)
	}
	return list
}

// remoteHand is the user's credential at a remote signature service. A service
// that does not know the user yet asks for the account.
func (e *Engine) remoteHand(ctx context.Context, c Call, p wire.SignParams) (*hand, error) {
	list := e.remoteProfiles()
	if p.Service != "" {
		list = slices.DeleteFunc(list, func(r remotesign.Profile) bool { return r.ID != p.Service })
	}
	if len(list) == 0 {
		return nil, wire.NewError(wire.ErrSignWay, p.Service)
	}
	service, err := e.remoteService(list[0], c)
	if err != nil {
		return nil, err
	}
	signer, err := e.credential(ctx, service)
	if err != nil {
		return nil, err
	}
	return &hand{via: "remote", who: signature.Signatory(signer.Identity().Certificate), with: "con la firma remota «" + list[0].Name + "»", signer: signer}, nil
}

// credential opens the first that can sign; where a doctor is connected and that
// one is somebody else's, it looks for the doctor's among the others.
func (e *Engine) credential(ctx context.Context, service *remotesign.Service) (signature.Signer, error) {
	signer, err := service.Open(ctx, "", 0)
	doctor := e.signingDoctor()
	if err != nil || doctor == "" {
		return signer, err
	}
	cf := func(c remotesign.Credential) string { return signature.Signatory(c.Certificate).CF }
	if found := signature.Signatory(signer.Identity().Certificate).CF; found == "" || found == doctor {
		return signer, nil
	}
	signer.Close()
	all, err := service.Signers(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(c remotesign.Credential) bool {
		return c.Unusable == nil && c.Certificate != nil && cf(c) == doctor
	})
	if i < 0 {
		return nil, wire.NewError(wire.ErrWrongDoctor, "")
	}
	return service.Open(ctx, all[i].ID, 0)
}

// remoteService is made once for each doctor: it keeps a login for the next
// batch. One at a time asks the user, see signTurn.
func (e *Engine) remoteService(p remotesign.Profile, c Call) (*remotesign.Service, error) {
	o := &e.outside
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.asker == nil {
		o.asker, o.services = &asker{e: e}, map[string]*remotesign.Service{}
	}
	o.asker.about(c)
	account := accountName(e.signingDoctor())
	if s := o.services[account+p.ID]; s != nil {
		return s, nil
	}
	client, err := region.SigningClient(e.profile, region.Options{Log: e.log, Now: e.now, Proxy: e.proxy.For})
	if err != nil {
		return nil, err
	}
	s, err := remotesign.New(p, client, o.asker, keptFor{e, account}, remotesign.Options{Log: e.log, Now: e.now})
	if err != nil {
		return nil, err
	}
	o.services[account+p.ID] = s
	o.closers = append(o.closers, client.CloseIdleConnections)
	return s, nil
}

// accountName keeps the accounts of two doctors of one PC apart.
func accountName(doctor string) string {
	if doctor == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(doctor))
	return hex.EncodeToString(sum[:8]) + "-"
}

// keptFor is the sealed store for one doctor's accounts.
type keptFor struct {
	e       *Engine
	account string
}

var _ remotesign.Kept = keptFor{}

func (k keptFor) Get(name string) ([]byte, error)     { return k.e.secrets.Get(k.account + name) }
func (k keptFor) Put(name string, value []byte) error { return k.e.secrets.Put(k.account+name, value) }
func (k keptFor) Delete(name string) error            { return k.e.secrets.Delete(k.account + name) }
