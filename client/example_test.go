package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"itemshare/client"
)

// Share an item in four steps: the item, its policy, the recipients, the link.
func Example() {
	server := newExampleServer()
	defer server.Close()
	ctx := context.Background()

	c, err := client.New(client.Config{URL: server.URL, Token: "itemshare_token"})
	if err != nil {
		panic(err)
	}
	item, err := c.Items().Get(ctx, "vault1", "item1")
	if err != nil {
		panic(err)
	}
	shares := c.Items().Shares()
	policy, err := shares.GetAccountPolicy(ctx, item.VaultID, item.ID)
	if err != nil {
		panic(err)
	}
	recipients, err := shares.ValidateRecipients(
		ctx,
		policy,
		[]string{"ann@company.example", "agency.example"},
	)
	if err != nil {
		panic(err)
	}
	share, err := shares.Create(ctx, item, policy, client.ItemShareParams{
		Recipients:  recipients,
		ExpireAfter: new(client.ItemShareDurationSevenDays),
		OneTimeOnly: true,
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(item.Title, "for", recipients, "until", share.ExpiresAt.Format("2 Jan 2006"))
	fmt.Println(strings.HasPrefix(share.Link, server.URL+"/s#"))
	// Output:
	// Staging database for [ann@company.example agency.example] until 9 Jan 2030
	// true
}

// A link with recipients needs Email and Code; others need neither.
func ExampleOpen() {
	server := newExampleServer()
	defer server.Close()
	link := server.URL + "/s#AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"

	opened, err := client.Open(context.Background(), link, client.OpenOptions{
		Email: "ann@company.example",
		Code:  client.CodeFrom(os.Stdin),
	})
	if errors.Is(err, client.CodeViewed) {
		fmt.Println("No views left.")
		return
	}
	if err != nil {
		panic(err)
	}
	fmt.Println(opened.Title)
	for _, file := range opened.Files {
		content, err := opened.OpenFile(context.Background(), file)
		if err != nil {
			panic(err)
		}
		if _, err := io.Copy(io.Discard, content); err != nil { // without an error, the file is complete
			panic(err)
		}
	}
	// Output: Staging database
}

// Errors have codes, and each problem has its field and detail.
func ExampleError() {
	server := newExampleServer()
	defer server.Close()
	c, err := client.New(client.Config{URL: server.URL, Token: "itemshare_token"})
	if err != nil {
		panic(err)
	}
	policy := client.ItemShareAccountPolicy{VaultID: "vault1", ItemID: "item1"}
	_, err = c.Items().
		Shares().
		ValidateRecipients(context.Background(), policy, []string{"ann@@company"})

	fmt.Println(errors.Is(err, client.CodeRecipientInvalid))
	var answer *client.Error
	if errors.As(err, &answer) {
		for _, p := range answer.Problems {
			fmt.Println(p.Field+":", p.Detail)
		}
	}
	// Output:
	// true
	// recipients: “ann@@company” isn't a valid email address or domain.
}

// Lists are requested page by page.
func ExampleItems_List() {
	server := newExampleServer()
	defer server.Close()
	c, err := client.New(client.Config{URL: server.URL, Token: "itemshare_token"})
	if err != nil {
		panic(err)
	}
	for item, err := range c.Items().List(context.Background(), "vault1", client.ItemListOptions{Query: "database"}) {
		if err != nil {
			panic(err)
		}
		fmt.Println(item.Title)
	}
	// Output:
	// Production database
	// Staging database
}

// newExampleServer returns a server that answers the calls of the examples. Its share is a known
// answer of the protocol.
func newExampleServer() *httptest.Server {
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	answer := func(route string, status int, body string) {
		mux.HandleFunc(route, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, strings.ReplaceAll(body, "{url}", server.URL))
		})
	}
	const vault = "/api/v1/vaults/vault1"
	const item = vault + "/items/item1"
	answer("GET "+item, 200, `{"id":"item1","vaultId":"vault1","title":"Staging database"}`)
	answer("GET "+vault+"/items", 200, `{"items":[
		{"id":"item2","title":"Production database"},
		{"id":"item1","title":"Staging database"}
	]}`)
	answer("GET "+item+"/share-policy", 200, `{
		"maxExpiry":"ThirtyDays","defaultExpiry":"SevenDays","allowedTypes":["Authenticated","Public"],
		"allowedRecipientTypes":["Email","Domain"],"allowedDomains":[],
		"files":{"allowed":true,"maxSize":104857600}
	}`)
	answer("POST "+item+"/shares", 201, `{
		"id":"share1","link":"{url}/s#AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
		"expiresAt":"2030-01-09T10:00:00Z"
	}`)
	mux.HandleFunc("POST "+item+"/recipients", func(w http.ResponseWriter, r *http.Request) {
		if body, _ := io.ReadAll(r.Body); strings.Contains(string(body), "@@") {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = io.WriteString(w, `{"code":"recipient_invalid","errors":[{
				"code":"recipient_invalid","field":"recipients",
				"detail":"“ann@@company” isn't a valid email address or domain."
			}]}`)
			return
		}
		_, _ = io.WriteString(w, `[
			{"type":"Email","parameters":{"email":"ann@company.example"}},
			{"type":"Domain","parameters":{"domain":"agency.example"}}
		]`)
	})
	sealed := sealedShare()
	answer("POST /s/peek", 200, sealed)
	answer("POST /s/open", 200, sealed)
	return server
}

// sealedShare returns the answer of peek and open for the first known answer of the protocol.
func sealedShare() string {
	text, err := os.ReadFile("../share/link/testdata/share-link-v1.vectors.json")
	if err != nil {
		panic(err)
	}
	var vectors struct{ Content []map[string]any }
	if err := json.Unmarshal(text, &vectors); err != nil {
		panic(err)
	}
	vectors.Content[0]["protocol"] = "itemshare/v1"
	out, err := json.Marshal(vectors.Content[0])
	if err != nil {
		panic(err)
	}
	return string(out)
}
