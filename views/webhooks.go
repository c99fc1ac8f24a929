package views

import (
	"strconv"
	"time"

	"itemshare/fault"
)

// WebhooksProps are the values of WebhooksPage and of its fragment Webhooks.
type WebhooksProps struct {
	Shell    Shell
	Webhooks []WebhookRow
	URL      string // as entered
	Types    []string
	Problems []fault.Problem
}

// WebhookRow is a webhook. OldUntil is until when the secret before the last change signs too, the
// zero time if it doesn't.
type WebhookRow struct {
	ID        string
	URL       string
	Types     []string
	State     string // "active", "paused" or "gone"
	By        string // who added it
	CreatedAt time.Time
	Waiting   int
	Failed    int
	OldUntil  time.Time
}

// WebhookSecretProps are the values of WebhookSecretPage, the only page that shows a secret.
type WebhookSecretProps struct {
	Shell   Shell
	Webhook WebhookRow
	Secret  string
	New     bool // of a new webhook, else changed
}

// WebhookProps are the values of WebhookPage and of its fragment WebhookDetail.
type WebhookProps struct {
	Shell      Shell
	Webhook    WebhookRow
	Test       *WebhookAnswer // what a test was answered just now
	Deliveries []DeliveryRow
	After      string // of this page, "" for the first
	Next       string
}

// WebhookAnswer is what a receiver answered. A Status of 0 is no answer, and Words say why.
type WebhookAnswer struct {
	Status   int
	Words    string
	Accepted bool
}

// DeliveryRow is a message to a webhook.
type DeliveryRow struct {
	ID       string
	ShareID  string
	Type     string
	State    string // "waiting", "delivered" or "failed"
	Happened time.Time
	Tries    int
	TriedAt  time.Time
	NextAt   time.Time
	Answer   WebhookAnswer
}

// webhookTypes are the events to choose, in words.
var webhookTypes = [...]struct{ ID, Name, Hint string }{
	{"share.created", "Link created", ""},
	{"share.opened", "Link viewed", ""},
	{"share.used_up", "No views left", ""},
	{"share.refused", "View denied", "At most one a minute for each link."},
	{"share.revoked", "Link revoked", ""},
	{"share.expired", "Link expired", ""},
}

func webhookTypeWords(id string) string {
	for _, t := range webhookTypes {
		if t.ID == id {
			return t.Name
		}
	}
	return id
}

func webhookTypesWords(ids []string) string {
	if len(ids) == len(webhookTypes) {
		return "All"
	}
	var names []string
	for _, t := range webhookTypes {
		for _, id := range ids {
			if id == t.ID {
				names = append(names, t.Name)
			}
		}
	}
	return listOf(names)
}

func webhookStateWords(state string) string {
	switch state {
	case "paused":
		return "Paused"
	case "gone":
		return "Turned off by its receiver"
	}
	return "Active"
}

func webhookStateIcon(state string) string {
	switch state {
	case "paused":
		return "clock"
	case "gone":
		return "ban"
	}
	return "circle-check"
}

func webhookStateTone(state string) string {
	switch state {
	case "active":
		return "live"
	case "gone":
		return "warn"
	}
	return ""
}

func deliveryWords(state string) string {
	switch state {
	case "delivered":
		return "Delivered"
	case "failed":
		return "Not delivered"
	}
	return "Waiting"
}

func deliveryIcon(state string) string {
	switch state {
	case "delivered":
		return "circle-check"
	case "failed":
		return "triangle-alert"
	}
	return "clock"
}

func deliveryTone(state string) string {
	switch state {
	case "delivered":
		return "live"
	case "failed":
		return "warn"
	}
	return ""
}

// answerWords says what a receiver answered.
func answerWords(a WebhookAnswer) string {
	if a.Status == 0 {
		return a.Words
	}
	return joinWords("Answered "+strconv.Itoa(a.Status), ": ", a.Words)
}

func triesWords(n int) string {
	if n == 1 {
		return "1 try"
	}
	return strconv.Itoa(n) + " tries"
}

func confirmRotate(p WebhookProps) confirmation {
	return confirmation{
		ID: "rotate", TestID: "rotate-ask", Icon: "rotate-cw", Words: "Change secret",
		Heading: "Change the secret?", Action: p.Shell.Paths.WebhookAct(p.Webhook.ID, "rotate"),
		Do: "Change secret", DoTest: "rotate",
	}
}

func confirmRemoveWebhook(p WebhookProps) confirmation {
	return confirmation{
		ID: "remove", TestID: "remove-ask", Icon: "trash-2", Words: "Remove",
		Heading: "Remove this webhook?", Action: p.Shell.Paths.WebhookAct(p.Webhook.ID, "remove"),
		Do: "Remove webhook", DoTest: "remove",
	}
}

// typesDescribed returns the ids for aria-describedby of the events to choose from.
func typesDescribed(problems []fault.Problem) string {
	if hasProblem(problems, "types") {
		return "types-hint " + problemID("types")
	}
	return "types-hint"
}

// deliveryFirst is the first page of messages, "" on that page.
func deliveryFirst(p WebhookProps) string {
	if p.After == "" {
		return ""
	}
	return p.Shell.Paths.Webhook(p.Webhook.ID, "")
}

// deliveryNext is the next page of messages, "" on the last.
func deliveryNext(p WebhookProps) string {
	if p.Next == "" {
		return ""
	}
	return p.Shell.Paths.Webhook(p.Webhook.ID, p.Next)
}
