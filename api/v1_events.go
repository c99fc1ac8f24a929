package api

import (
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
)

// event is an audit event in the chain. Actor and subject are IDs.
type event struct {
	Number  int64             `json:"number"`
	At      time.Time         `json:"at"`
	Kind    audit.Kind        `json:"kind"`
	Actor   string            `json:"actor"`
	Subject string            `json:"subject"`
	Detail  map[string]string `json:"detail"`
	Erased  bool              `json:"erased,omitempty"` // the detail was erased
}

// events answers with the events after a number in the order of the chain, so that a follower who
// asks again after the last one it got misses none.
func (a *API) events(c echo.Context, _ account.Identity) error {
	limit, problems := limitOf(c)
	after, more := eventNumber(c.QueryParam("after"))
	if err := fault.Fields(append(problems, more...)); err != nil {
		return err
	}
	found, err := a.c.Events.Follow(c.Request().Context(), after, limit+1)
	if err != nil {
		return fault.Wrap("follow events", err)
	}
	page := list[event]{Items: []event{}}
	if len(found) > limit {
		found = found[:limit]
		page.Next = strconv.FormatInt(found[limit-1].Number, 10)
	}
	for _, e := range found {
		page.Items = append(page.Items, eventOf(e))
	}
	return answer(c, http.StatusOK, page)
}

func eventOf(e audit.Shown) event {
	shown := event{
		Number: e.Number, At: e.At.UTC(), Kind: e.Kind, Actor: e.Actor, Subject: e.Subject,
		Detail: e.Detail, Erased: e.Erased,
	}
	if shown.Detail == nil {
		shown.Detail = map[string]string{}
	}
	return shown
}

// eventNumber parses the number of the last event that a follower has, 0 for none.
func eventNumber(text string) (int64, []fault.Problem) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, []fault.Problem{{
			Code: fault.CodeInvalid, Field: "after",
			Detail: "Use the number of the last event that you have, or 0 for the first events.",
		}}
	}
	return n, nil
}
