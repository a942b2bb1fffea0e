package wire

import "encoding/json"

// maxID is the longest id, in bytes of JSON. Clients number their requests; an
// id is echoed, and a long one would be a way to make an answer too large.
const maxID = 80

// IDOf returns the id of the request in body, so that even a fault finds its
// caller. It is nil when there is none or it is neither a number nor a short
// string: a Response then has the id null (JSON-RPC 2.0, section 5).
func IDOf(body []byte) json.RawMessage {
	var members map[string]json.RawMessage // a struct would take "ID" as well
	if json.Unmarshal(body, &members) != nil {
		return nil
	}
	id := members["id"]
	if len(id) == 0 || len(id) > maxID {
		return nil
	}
	if id[0] == '"' || id[0] == '-' || id[0] >= '0' && id[0] <= '9' {
		return id
	}
	return nil
}
