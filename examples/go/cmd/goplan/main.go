// Command goplan prints the plan of a request, as canonical JSON.
package main

import (
	"fmt"
	"os"

	"example.com/cassplan/cassplan"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "goplan:", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 2 {
		return fmt.Errorf("usage: goplan REQUEST.json")
	}
	if err := cassplan.CheckVersion(); err != nil {
		return err
	}
	request, err := os.ReadFile(os.Args[1])
	if err != nil {
		return err
	}
	plan, err := cassplan.Plan(cassplan.JSON, request)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(plan)
	return err
}
