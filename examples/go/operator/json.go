package operator

import (
	"bytes"
	"encoding/json"
)

// decode keeps 64-bit integers (tokens) as they are: float64 would round them.
func decode(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return decoder.Decode(into)
}

func version(ledger map[string]any) int64 {
	switch v := ledger["version"].(type) {
	case json.Number:
		n, _ := v.Int64()
		return n
	case int64:
		return v
	}
	return 0
}
