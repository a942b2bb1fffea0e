package cups
import ("testing";"time";"raccordo/host/internal/sim/paper")
func TestTry(t *testing.T){
	r, s := room(t, paper.Options{Printers: one})
	pdf:=document(t,ticketA5.Sheet,1)
	t0:=time.Now()
	var js []string
	for range 100 { j:=must[string](t)(s.Create(t.Context(),ticketA5)); ok(t,s.Send(t.Context(),ticketA5,j,pdf)); ok(t,s.Release(t.Context(),ticketA5,j)); js=append(js,j)}
	t.Log("handed", time.Since(t0))
	must[[]paper.Sheet](t)(r.Await(t.Context(),"uno",100))
	t.Log("printed", time.Since(t0))
}
