package lab

// profile lays the lab's addresses over the built-in simulated region.
const profile = `name = "Regione simulata"
code = "090"
nre = %[9]q

[trust]
ca = [%[2]q]

[envelope]
kind = "sac"
cipher = %[3]q

[card]
driver = "sar"
policies = ["1.3.76.16.2.1", "1.3.76.47.4"]

[card.endpoints]
session = "%[1]s/sessione/v1"
patients = "%[1]s/anagrafe/v1/assistiti"
prescriptions = "%[1]s/DemRicettaPrescrittoServicesWeb/services"
lots = "%[1]s/ricettaElettronicaServicesWeb/services/nreRichiestaLottoPort"
used = "%[1]s/DemRicettaInterrogazioniServicesWeb/services/demInterrogaNreUtilizzati"
tables = "%[1]s/DemRicettaServiceAnagWeb/services/demServiceAnag"
substitution = "%[1]s/DemRicettaServiceMedicoWeb/services/invioDichiarazioneSostituzioneMedico"
fse = "%[1]s/fse/v1"

[cloud]
driver = "oidc"

[cloud.endpoints]
session = "%[5]s/sessione/v1"
patients = "%[5]s/anagrafe/v1/assistiti"
prescriptions = "%[5]s/DemRicettaPrescrittoServicesWeb/services"
lots = "%[5]s/ricettaElettronicaServicesWeb/services/nreRichiestaLottoPort"
used = "%[5]s/DemRicettaInterrogazioniServicesWeb/services/demInterrogaNreUtilizzati"
tables = "%[5]s/DemRicettaServiceAnagWeb/services/demServiceAnag"
substitution = "%[5]s/DemRicettaServiceMedicoWeb/services/invioDichiarazioneSostituzioneMedico"
fse = "%[5]s/fse/v1"

[cloud.oidc]
issuer = %[6]q
client_id = "raccordo"
scopes = ["openid"]
redirect = "extension"
cns_endpoint = %[7]q
tokens = %[8]q
cf_claim = "fiscal_number"

[session]
lingering = ["sessione-non-operativa"]

[policies]
promemoria = "region"
dpc = true

[timeouts]
connect = "5s"
handshake = "30s"
answer = %[4]q

[limits]
answer_bytes = 8388608

[signature]
timestamp = "%[10]s/tsa"
trust = [%[11]q]
trust_signers = [%[12]q]
ca = [%[2]q]

[[signature.remote]]
id = "csc1"
name = "Firma remota simulata (CSC 1.0.4)"
kind = "csc"
url = "%[10]s/csc/v1"
authorize = "basic"
pages = 5

[[signature.remote]]
id = "csc2"
name = "Firma remota simulata (CSC 2.0)"
kind = "csc"
url = "%[10]s/csc/v2"
authorize = "oauth2code"
client_id = "raccordo"
pages = 5

[[signature.remote]]
id = "arss"
name = "Firma remota simulata (ARSS)"
kind = "arss"
url = "%[10]s/arss"
otp_domain = "firma.prova"
otp_send = "SMS"
`
