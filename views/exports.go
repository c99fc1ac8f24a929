package views

import "itemshare/fault"

// ExportProps are the values of ExportPage.
type ExportProps struct {
	Shell     Shell
	Elsewhere string   // the provider of the account whose items are exported there, "" for none
	Vaults    []Option // those whose items the reader may reveal
	Chosen    []string
	Problems  []fault.Problem
}
