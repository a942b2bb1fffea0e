package region
import ("testing";"time";"sync";"fmt";"os";"github.com/rs/zerolog";"raccordo/host/internal/sim/anagrafe")
func TestThroughput(t *testing.T) {
	dir := t.TempDir()
	r := startRegion(t, func(o *Options){ o.Log = zerolog.Nop(); if os.Getenv("MEM")=="" {o.Dir=dir} else {o.Dir=""}; o.Now=time.Now })
	_ = dir
	cs := []*client{}; lots := [][]string{}
	for _, d := range anagrafe.MassDoctors()[:50] { c := login(t, r, d); cs=append(cs,c); lots=append(lots, []string{c.newLot(), c.newLot()}) }
	reqs := make([][]string, 50)
	for i, c := range cs { for _, l := range lots[i] { for n := range 100 { reqs[i]=append(reqs[i], c.sendRequest(fmt.Sprintf("%s%02d", l, n))) } } }
	start := time.Now()
	var all sync.WaitGroup
	for i, c := range cs { all.Go(func(){ for _, q := range reqs[i] { _, _, body, err := c.post(r.operations()[0], q); if err != nil || between(body,"codEsitoInserimento")!="0000" { t.Error(err, body) } } }) }
	all.Wait()
	el := time.Since(start)
	t.Logf("%d in %s: %.0f/s", r.Prescriptions(), el, float64(r.Prescriptions())/el.Seconds())
	s := time.Now(); l := len(r.Listing(Filter{Live:true})); t.Logf("listing %d in %s", l, time.Since(s))
}
