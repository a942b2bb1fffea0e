// A worker gives the tests something to attach to.
