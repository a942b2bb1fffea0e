package proxy

import (
	"net"
	"strings"
)

// parseScutil understands what `scutil --proxy` prints: a dictionary, one "Key :
// value" a line, arrays and inner dictionaries in braces. What is in inner
// dictionaries (settings of single interfaces) does not count.
func parseScutil(text string) settings {
	values := map[string]string{}
	var except []string
	depth, array := 0, "" // array: the name of the one we are in, at depth 2
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "}" {
			depth--
			if depth < 2 {
				array = ""
			}
			continue
		}
		key, value, _ := strings.Cut(line, " : ")
		switch {
		case strings.HasSuffix(line, "{"):
			depth++
			if depth == 2 && strings.HasPrefix(value, "<array>") {
				array = key
			}
		case depth == 1:
			values[key] = value
		case depth == 2 && array == "ExceptionsList":
			except = append(except, value)
		}
	}
	s := settings{server: map[string]string{}, except: except}
	if values["ProxyAutoConfigEnable"] == "1" {
		s.pac = values["ProxyAutoConfigURLString"]
	}
	if values["ExcludeSimpleHostnames"] == "1" {
		s.except = append(s.except, "<local>")
	}
	for scheme, name := range map[string]string{"http": "HTTP", "https": "HTTPS"} {
		if host := values[name+"Proxy"]; host != "" && values[name+"Enable"] == "1" {
			port := values[name+"Port"]
			if port == "" || port == "0" {
				port = "80"
			}
			s.server[scheme] = net.JoinHostPort(strings.Trim(host, "[]"), port)
		}
	}
	return s
}
