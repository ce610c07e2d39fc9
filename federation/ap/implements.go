package ap

// Standards that a server may say it keeps (FEP-844e).
const (
	ImplementsRFC9421 = "https://datatracker.ietf.org/doc/html/rfc9421"
	ImplementsEd25519 = "https://datatracker.ietf.org/doc/html/rfc9421#name-eddsa-using-curve-edwards25"
)

type standardDocument struct {
	Href string `json:"href"`
	Name string `json:"name"`
}

// standards are those that this node keeps. Claim only what is verified.
var standards = []standardDocument{
	{ImplementsRFC9421, "RFC-9421: HTTP Message Signatures"},
	{ImplementsEd25519, "RFC-9421 signatures using the Ed25519 algorithm"},
}
