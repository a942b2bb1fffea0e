package main

func exeName(name string) string { return name + ".exe" }
