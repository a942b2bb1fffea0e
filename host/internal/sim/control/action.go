package control

// Action is one thing done at once.
type Action struct {
	Name string `json:"azione"`
}

// Done is what an action did.
type Done struct {
	Name  string `json:"azione"`
	Count int    `json:"quanti"` // sessions or logins that ended
}

// action is what can be done at once, as people read it.
type action struct {
	Name, Title, Help string
	do                func(panel) int
}

var actions = []action{
	{"scadenza-token", "Scadenza token", "I token di accesso scadono; quelli di rinnovo restano buoni.", func(p panel) int {
		if p.Login != nil {
			p.Login.ExpireTokens()
		}
		return 0
	}},
	{"revoca-accessi", "Revoca accessi", "Ogni accesso con SPID, CIE o CNS finisce, con tutti i suoi token.", func(p panel) int {
		if p.Login == nil {
			return 0
		}
		return p.Login.RevokeAll()
	}},
	{"termina-sessioni", "Termina le sessioni", "Ogni sessione aperta finisce.", func(p panel) int { return p.Region.RevokeSessions() }},
	{"scadenza-id-sessione", "Scadenza ID-SESSIONE", "Ogni ID-SESSIONE di Sistema TS scade.", func(p panel) int { return p.Region.SecondFactor().ExpireAll() }},
	{"ferma-caos", "Ferma il caos", "Nessun altro guasto a caso; le richieste tardive arrivano ancora.", func(p panel) int {
		p.Region.StopChaos()
		return p.Region.ChaosState().Pending
	}},
	{"spegni", "Regione spenta", "Ogni connessione viene azzerata, come a macchine spente.", func(p panel) int { return p.power(false) }},
	{"accendi", "Regione accesa", "Le macchine tornano a rispondere.", func(p panel) int { return p.power(true) }},
}

func (p panel) power(on bool) int {
	p.Region.SetDown(!on)
	if p.Login != nil {
		p.Login.SetDown(!on)
	}
	return 0
}

// clear cancels every fault and brings everything back to work.
func (p panel) clear() {
	p.Region.ClearFaults()
	p.Region.StopChaos()
	p.Region.ClearRefusals()
	p.power(true)
	if p.Signing != nil {
		p.Signing.Clear()
	}
}
