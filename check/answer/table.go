package answer

// codes is the manual's list in the order of the IDs.
var codes = []Code{
	{ID: "CANCLD", Category: Other, Resend: AskFirst},
	{ID: "ERRATT", Category: Syntax, Resend: Corrected},
	{ID: "ERRAUT", Category: Security, Resend: AskFirst},
	{ID: "ERRBWI", Category: Other, Resend: AskFirst},
	{ID: "ERRBWL", Category: Content, Resend: Corrected},
	{ID: "ERRDEC", Category: Security, Resend: Corrected},
	{ID: "ERRINT", Category: Security, Resend: Corrected},
	{ID: "ERRKEY", Category: Security, Resend: Corrected},
	{ID: "ERRMVK", Category: Content, Resend: Corrected},
	{ID: "ERRREP", Category: Security, Resend: Unchanged},
	{ID: "ERRSIG", Category: Security, Resend: Corrected},
	{ID: "ERRSYN", Category: Syntax, Resend: Corrected},
	{ID: "ERRSYS", Category: Other, Resend: AskFirst},
	{ID: "ERRVVK", Category: Content, Resend: Corrected},
	{ID: "MSGUNK", Category: Syntax, Resend: Corrected},
	{ID: "REJECT", Category: Other, Resend: Corrected},
}
