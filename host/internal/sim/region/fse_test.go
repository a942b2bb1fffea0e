package region

import (
	"net/http"
	"strings"
	"testing"

	"raccordo/host/internal/sim/anagrafe"
)

func TestFSE(t *testing.T) {
	r := startRegion(t)
	c := login(t, r, anagrafe.Doctors()[0])
	var numbers []string
	for range 3 {
		_, answer := c.call(ServiceSend, c.sendRequest("", "LEVETIRACETAM", "FARMACO &lt;b&gt;DI PROVA&lt;/b&gt;"))
		numbers = append(numbers, between(answer, "nre"))
	}
	c.cancelOf(numbers[0])
	if err := r.SetState(numbers[1], "8"); err != nil {
		t.Fatal(err)
	}
	cf := anagrafe.Patients()[0].CF
	page := getPage(t, r, cf)
	for part, want := range map[string]bool{
		numbers[0]: false, numbers[1]: false, numbers[2]: true,
		"SIMULATORE": true, "LUCIA BIANCHI": true, cf: true, "22/11/2026 12:20": true, "GIULIA VERDI": true,
		"FARMACO &lt;b&gt;DI PROVA&lt;/b&gt;": true, "<b>DI PROVA": false,
	} {
		if strings.Contains(page, part) != want {
			t.Errorf("%q present: %v", part, !want)
		}
	}
	if other := getPage(t, r, anagrafe.Patients()[1].CF); strings.Contains(other, numbers[2]) {
		t.Error("another patient's page shows the prescription")
	}
	unknown, err := httpClient(t, r).Get(r.PortalURL() + "/assistito/XXXXXX00X00X000X")
	if err != nil {
		t.Fatal(err)
	}
	unknown.Body.Close()
	if unknown.StatusCode != http.StatusNotFound {
		t.Errorf("unknown patient: %d", unknown.StatusCode)
	}
}
