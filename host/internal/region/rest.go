package region

// Rest closes the connections that nobody uses: after a change
// of network, or a sleep of the PC, they lead nowhere.
func (c *Client) Rest() {
	c.open.Rest()
	if live, err := c.current(); err == nil {
		live.way.rest()
	}
}
