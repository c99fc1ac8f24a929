package handlers

import (
	"net/url"
	"testing"

	"itemshare/account"
	"itemshare/api"
)

// callers call every route: nobody, a member who may view and share, a member of other vaults, a
// former member whose grant was revoked, and an admin.
var callers = [...]string{"", memberEmail, otherEmail, formerEmail, adminEmail}

// routeTest has the status that docs/interface.md promises for each caller of one route, for what
// the member sees; form is what a POST sends.
type routeTest struct {
	want [len(callers)]int
	form url.Values
}

// routeTests has every route: a route that is not here fails the test.
var routeTests = map[string]routeTest{
	"GET /":       {want: [...]int{303, 303, 303, 303, 303}},
	"GET /signin": {want: [...]int{200, 200, 200, 200, 200}},
	"POST /signin": {
		want: [...]int{303, 303, 303, 303, 303},
		form: url.Values{"email": {otherEmail}, "password": {password}},
	},
	"GET /signin/resume": {want: [...]int{200, 200, 200, 200, 200}},
	"POST /signin/resume": {
		want: [...]int{303, 303, 303, 303, 303},
		form: url.Values{"email": {otherEmail}, "password": {password}},
	},
	"GET /signin/oidc":          {want: [...]int{404, 404, 404, 404, 404}}, // without a provider
	"POST /signin/passkey":      {want: [...]int{401, 401, 401, 401, 401}},
	"GET /signin/oidc/callback": {want: [...]int{404, 404, 404, 404, 404}},
	"GET /signin/code":          {want: [...]int{303, 303, 303, 303, 303}}, // without a password
	"POST /signin/code":         {want: [...]int{303, 303, 303, 303, 303}},
	"POST /signout":             {want: [...]int{303, 303, 303, 303, 303}},
	"GET /join":                 {want: [...]int{200, 200, 200, 200, 200}},
	"GET /setup":                {want: [...]int{404, 404, 404, 404, 404}},
	"POST /setup":               {want: [...]int{404, 404, 404, 404, 404}},

	// Where no set-up is open, its steps lead to the overview; but the name can be changed.
	"GET /setup/organization": {want: [...]int{303, 403, 403, 403, 200}},
	"POST /setup/organization": {
		want: [...]int{401, 403, 403, 403, 422}, form: url.Values{"name": {"two\nlines"}},
	},
	"GET /setup/rules":  {want: [...]int{303, 403, 403, 403, 303}},
	"POST /setup/rules": {want: [...]int{401, 403, 403, 403, 303}},
	"GET /setup/email":  {want: [...]int{303, 403, 403, 403, 303}},
	"POST /setup/email": {want: [...]int{401, 403, 403, 403, 303}},
	"GET /setup/vault":  {want: [...]int{303, 403, 403, 403, 303}},
	"POST /setup/vault": {want: [...]int{401, 403, 403, 403, 303}},
	"GET /setup/item":   {want: [...]int{303, 403, 403, 403, 303}},
	"POST /setup/end":   {want: [...]int{401, 403, 403, 403, 303}},

	"POST /join": {
		want: [...]int{401, 401, 401, 401, 401}, form: url.Values{"code": {"ABCD-EFGH"}},
	},

	"GET /account":                           {want: [...]int{303, 200, 200, 200, 200}},
	"POST /account/name":                     {want: [...]int{401, 422, 422, 422, 422}},
	"POST /account/emails":                   {want: [...]int{401, 303, 303, 303, 303}},
	"POST /account/password":                 {want: [...]int{401, 422, 422, 422, 422}},
	"POST /account/password/remove":          {want: [...]int{401, 422, 422, 422, 422}},
	"GET /account/second-factor":             {want: [...]int{303, 200, 200, 200, 200}},
	"POST /account/second-factor":            {want: [...]int{401, 422, 422, 422, 422}},
	"POST /account/second-factor/off":        {want: [...]int{401, 303, 303, 303, 303}},
	"POST /account/second-factor/codes":      {want: [...]int{401, 303, 303, 303, 303}},
	"POST /account/passkeys":                 {want: [...]int{401, 422, 422, 422, 422}},
	"POST /account/passkeys/:passkey/remove": {want: [...]int{401, 303, 303, 303, 303}},
	"POST /account/sessions/end":             {want: [...]int{401, 303, 303, 303, 303}},
	"POST /account/sessions/:session/end":    {want: [...]int{401, 303, 303, 303, 303}},

	"GET /items":                   {want: [...]int{303, 200, 200, 200, 200}},
	"POST /items/refresh":          {want: [...]int{401, 303, 303, 303, 303}},
	"GET /items/selected":          {want: [...]int{303, 303, 303, 303, 303}},
	"POST /items/selected":         {want: [...]int{401, 422, 422, 422, 422}},
	"POST /passwords/strength":     {want: [...]int{401, 200, 200, 200, 200}},
	"GET /vaults/:vault/items/new": {want: [...]int{303, 200, 404, 404, 200}},
	"POST /vaults/:vault/items": {
		want: [...]int{401, 303, 404, 404, 303}, form: url.Values{"title": {"New"}},
	},
	"GET /vaults/:vault/items/:item": {want: [...]int{303, 200, 404, 404, 200}},
	"POST /vaults/:vault/items/:item": {
		want: [...]int{401, 409, 404, 404, 409}, form: url.Values{"title": {"Changed"}},
	},
	"GET /vaults/:vault/items/:item/edit":       {want: [...]int{303, 200, 404, 404, 200}},
	"POST /vaults/:vault/items/:item/duplicate": {want: [...]int{401, 303, 404, 404, 303}},
	"POST /vaults/:vault/items/:item/move":      {want: [...]int{401, 422, 404, 404, 422}},
	"POST /vaults/:vault/items/:item/archive":   {want: [...]int{401, 303, 404, 404, 303}},
	"POST /vaults/:vault/items/:item/restore":   {want: [...]int{401, 303, 404, 404, 303}},
	"POST /vaults/:vault/items/:item/delete":    {want: [...]int{401, 409, 404, 404, 409}},
	"GET /vaults/:vault/items/:item/versions":   {want: [...]int{303, 200, 404, 404, 200}},
	"GET /vaults/:vault/items/:item/versions/:version": {
		want: [...]int{303, 200, 404, 404, 200},
	},
	"POST /vaults/:vault/items/:item/versions/:version/restore": {
		want: [...]int{401, 409, 404, 404, 409},
	},
	"POST /vaults/:vault/items/:item/reveal": {
		want: [...]int{401, 200, 404, 404, 200}, form: url.Values{"field": {"password"}},
	},
	"POST /vaults/:vault/items/:item/files": {want: [...]int{401, 303, 404, 404, 303}},
	"POST /vaults/:vault/items/:item/files/:file/delete": {
		want: [...]int{401, 303, 404, 404, 404}, // by then the member has deleted it
	},
	"GET /vaults/:vault/items/:item/files/:file": {want: [...]int{303, 200, 404, 404, 200}},
	"GET /vaults/:vault/items/:item/share":       {want: [...]int{303, 200, 404, 404, 200}},
	"POST /vaults/:vault/items/:item/share": {
		want: [...]int{401, 201, 404, 404, 201}, form: url.Values{"access": {"anyone"}},
	},
	"POST /vaults/:vault/items/:item/share/preview": {
		want: [...]int{401, 200, 404, 404, 200}, form: url.Values{"access": {"anyone"}},
	},
	"POST /vaults/:vault/items/:item/share/terms": {
		want: [...]int{401, 200, 404, 404, 200}, form: url.Values{"access": {"anyone"}},
	},
	"POST /vaults/:vault/items/:item/share/recipients": {
		want: [...]int{
			401, 200, 404, 404, 200,
		}, form: url.Values{"recipients": {"ann@client.example"}},
	},

	"GET /share": {want: [...]int{303, 200, 200, 200, 200}},
	"POST /share": {
		want: [...]int{401, 201, 201, 201, 201},
		form: url.Values{"access": {"anyone"}, "text": {"a secret"}},
	},
	"POST /share/recipients": {
		want: [...]int{401, 200, 200, 200, 200}, form: url.Values{"recipients": {"ann@client.example"}},
	},
	"POST /share/terms":       {want: [...]int{401, 200, 200, 200, 200}},
	"GET /shares":             {want: [...]int{303, 200, 200, 200, 200}},
	"POST /shares":            {want: [...]int{401, 422, 422, 422, 422}},
	"GET /complete":           {want: [...]int{303, 403, 403, 403, 200}},
	"GET /shares.csv":         {want: [...]int{303, 200, 200, 200, 200}},
	"GET /shares/:id":         {want: [...]int{303, 200, 404, 404, 200}},
	"POST /shares/:id/revoke": {want: [...]int{401, 303, 404, 404, 303}},
	"POST /shares/:id/emails": {want: [...]int{401, 303, 404, 404, 404}},
	"POST /shares/:id/recipients/:position/remove": {want: [...]int{401, 303, 404, 404, 303}},

	"GET /import":                  {want: [...]int{303, 200, 200, 200, 200}},
	"POST /import":                 {want: [...]int{401, 400, 403, 403, 400}},
	"GET /import/:import":          {want: [...]int{303, 404, 404, 404, 200}},
	"POST /import/:import/columns": {want: [...]int{401, 404, 403, 403, 422}},
	"POST /import/:import/vault": {
		want: [...]int{401, 404, 403, 403, 422}, form: url.Values{"to": {"nowhere"}},
	},
	"POST /import/:import/decide": {
		want: [...]int{401, 404, 403, 403, 303}, form: url.Values{"duplicates": {"skip"}},
	},
	"GET /import/:import/report.csv": {want: [...]int{303, 404, 404, 404, 200}},
	"POST /import/:import/cancel":    {want: [...]int{401, 404, 404, 404, 303}},
	"GET /export":                    {want: [...]int{303, 200, 200, 200, 200}},
	"POST /export":                   {want: [...]int{401, 422, 422, 422, 422}},

	"GET /admin":         {want: [...]int{303, 403, 403, 403, 200}},
	"GET /admin/rotate":  {want: [...]int{303, 403, 403, 403, 200}},
	"GET /admin/policy":  {want: [...]int{303, 403, 403, 403, 200}},
	"POST /admin/policy": {want: [...]int{401, 403, 403, 403, 303}, form: strictPolicy()},
	"POST /admin/policy/links": {
		want: [...]int{401, 403, 403, 403, 409}, form: url.Values{"links_by": {"native"}},
	},
	"GET /admin/policy/revocations": {want: [...]int{303, 403, 403, 403, 200}},
	"POST /admin/policy/preview":    {want: [...]int{401, 403, 403, 403, 200}, form: strictPolicy()},
	"GET /admin/users":              {want: [...]int{303, 403, 403, 403, 200}},
	"POST /admin/second-factor":     {want: [...]int{401, 403, 403, 403, 303}},
	"POST /admin/users": {
		want: [...]int{401, 403, 403, 403, 422}, form: url.Values{"name": {"Zoe"}},
	},
	"GET /admin/users/invite": {want: [...]int{303, 403, 403, 403, 200}},
	"GET /admin/users/:id":    {want: [...]int{303, 403, 403, 403, 200}},
	"POST /admin/users/:id": {
		want: [...]int{401, 403, 403, 403, 303}, form: url.Values{"name": {"Old"}, "role": {"member"}},
	},
	"POST /admin/users/:id/suspend":   {want: [...]int{401, 403, 403, 403, 303}},
	"POST /admin/users/:id/reinstate": {want: [...]int{401, 403, 403, 403, 303}},
	"POST /admin/users/:id/reset": {
		want: [...]int{401, 403, 403, 403, 201}, form: url.Values{"by": {"link"}},
	},
	"POST /admin/users/:id/invite":   {want: [...]int{401, 403, 403, 403, 409}}, // has joined
	"POST /admin/users/:id/withdraw": {want: [...]int{401, 403, 403, 403, 409}}, // has joined
	"POST /admin/users/:id/remove": {
		want: [...]int{401, 403, 403, 403, 303}, form: url.Values{"links": {"keep"}},
	},
	"GET /admin/vaults":       {want: [...]int{303, 403, 403, 403, 200}},
	"GET /admin/audit":        {want: [...]int{303, 403, 403, 403, 200}},
	"GET /admin/audit.csv":    {want: [...]int{303, 403, 403, 403, 200}},
	"GET /admin/audit.ndjson": {want: [...]int{303, 403, 403, 403, 200}},

	"GET /admin/webhooks":  {want: [...]int{303, 403, 403, 403, 200}},
	"POST /admin/webhooks": {want: [...]int{401, 403, 403, 403, 422}, form: url.Values{"url": {"x"}}},

	"GET /admin/webhooks/:id":         {want: [...]int{303, 403, 403, 403, 200}},
	"POST /admin/webhooks/:id/test":   {want: [...]int{401, 403, 403, 403, 200}},
	"POST /admin/webhooks/:id/pause":  {want: [...]int{401, 403, 403, 403, 303}},
	"POST /admin/webhooks/:id/resume": {want: [...]int{401, 403, 403, 403, 303}},
	"POST /admin/webhooks/:id/rotate": {want: [...]int{401, 403, 403, 403, 200}},
	"POST /admin/webhooks/:id/remove": {want: [...]int{401, 403, 403, 403, 303}},
	"POST /admin/webhooks/:id/deliveries/:delivery/resend": {
		want: [...]int{401, 403, 403, 403, 404},
	},

	"GET /admin/mail": {want: [...]int{303, 403, 403, 403, 200}},
	"POST /admin/mail/test": {
		want: [...]int{401, 403, 403, 403, 200}, form: url.Values{"to": {"ann@client.example"}},
	},

	"GET /admin/service-accounts": {want: [...]int{303, 403, 403, 403, 200}},
	"POST /admin/service-accounts": {
		want: [...]int{401, 403, 403, 403, 422}, form: url.Values{"name": {"Deploys"}},
	},
	"POST /admin/service-accounts/:id/revoke": {want: [...]int{401, 403, 403, 403, 303}},

	"GET /vaults":                {want: [...]int{303, 200, 200, 200, 200}},
	"GET /vaults/:vault/access":  {want: [...]int{303, 403, 404, 404, 200}},
	"POST /vaults/:vault/access": {want: [...]int{401, 403, 404, 404, 422}},
	"POST /vaults/:vault/access/name": {
		want: [...]int{401, 403, 404, 404, 422}, form: url.Values{"name": {" "}},
	},
	"POST /vaults/:vault/access/archive": {want: [...]int{401, 403, 404, 404, 303}},
	"POST /vaults/:vault/access/restore": {
		want: [...]int{401, 404, 404, 404, 303}, // nobody views what is archived
	},

	"GET /admin/groups": {want: [...]int{303, 403, 403, 403, 200}},
	"POST /admin/groups": {
		want: [...]int{401, 403, 403, 403, 422}, form: url.Values{"name": {""}},
	},
	"GET /admin/groups/:group": {want: [...]int{303, 403, 403, 403, 200}},
	"POST /admin/groups/:group": {
		want: [...]int{401, 403, 403, 403, 422}, form: url.Values{"name": {""}},
	},
	"POST /admin/groups/:group/members":              {want: [...]int{401, 403, 403, 403, 422}},
	"POST /admin/groups/:group/members/:user/remove": {want: [...]int{401, 403, 403, 403, 303}},
	"POST /admin/groups/:group/delete":               {want: [...]int{401, 403, 403, 403, 303}},
	"POST /admin/vaults":                             {want: [...]int{401, 403, 403, 403, 422}},

	"POST /admin/audit/verify": {want: [...]int{401, 403, 403, 403, 303}},

	"GET /s":       {want: [...]int{200, 200, 200, 200, 200}},
	"POST /s/peek": {want: [...]int{400, 400, 400, 400, 400}},
	"POST /s/code": {want: [...]int{400, 400, 400, 400, 400}},
	"POST /s/open": {want: [...]int{400, 400, 400, 400, 400}},
	"POST /s/file": {want: [...]int{400, 400, 400, 400, 400}},

	"GET /api/v1/openapi.json": {want: [...]int{200, 200, 200, 200, 200}},
	"GET /api/v1/docs":         {want: [...]int{200, 200, 200, 200, 200}},

	"GET /static/:name": {want: [...]int{200, 200, 200, 200, 200}},
	"GET /healthz":      {want: [...]int{200, 200, 200, 200, 200}},
	"GET /readyz":       {want: [...]int{200, 200, 200, 200, 200}},
	"GET /demo/outbox":  {want: [...]int{200, 200, 200, 200, 200}},
}

// changingRoutes are the routes that change something where they are allowed.
var changingRoutes = map[string]bool{
	"POST /signin": true, "POST /signin/resume": true,
	"POST /vaults/:vault/items": true, "GET /vaults/:vault/items/:item/edit": true,
	"POST /vaults/:vault/items/:item/duplicate": true,
	"POST /vaults/:vault/items/:item/archive":   true, "POST /vaults/:vault/items/:item/restore": true,
	"POST /signout": true, "POST /vaults/:vault/items/:item/reveal": true,
	"GET /vaults/:vault/items/:item/files/:file": true, // an audit event
	"POST /vaults/:vault/items/:item/files":      true,
	"POST /share":                                true,
	"POST /join":                                 true,
	"POST /admin/users/:id":                      true, "POST /admin/users/:id/suspend": true,
	"POST /admin/users/:id/reinstate": true, "POST /admin/users/:id/reset": true,
	"POST /admin/users/:id/remove":                       true,
	"POST /vaults/:vault/items/:item/files/:file/delete": true,
	"POST /vaults/:vault/items/:item/share":              true, "POST /shares/:id/revoke": true,
	"POST /shares/:id/emails":                      true,
	"POST /shares/:id/recipients/:position/remove": true, "POST /admin/policy": true,
	"POST /admin/service-accounts/:id/revoke": true, "POST /admin/mail/test": true,
	"POST /account/sessions/end": true, "POST /admin/second-factor": true,
	"POST /admin/webhooks/:id/test": true, "POST /admin/webhooks/:id/pause": true,
	"POST /admin/webhooks/:id/resume": true, "POST /admin/webhooks/:id/rotate": true,
	"POST /admin/webhooks/:id/remove":    true,
	"POST /vaults/:vault/access/archive": true, "POST /vaults/:vault/access/restore": true,
	"POST /admin/groups/:group/members/:user/remove": true, "POST /admin/groups/:group/delete": true,
	"POST /import/:import/decide": true, "POST /import/:import/cancel": true,
}

// routeTable returns every route, including those of the demo.
func routeTable() []route {
	return (&Handlers{c: Config{API: api.New(api.Config{}), Demo: demoOutbox{}}}).table()
}

func TestEveryRouteStatesItsPolicy(t *testing.T) {
	listed := map[string]bool{}
	for _, r := range routeTable() {
		key := r.method + " " + r.path
		listed[key] = true
		_, people := routeTests[key]
		_, programs := programTests[key]
		if people == r.access.ForServiceAccounts() || programs != r.access.ForServiceAccounts() {
			t.Errorf("%s has no promise in this test", key)
		}
		if r.access == account.Nobody {
			t.Errorf("%s does not say who may call it", key)
		}
		if err := account.Nobody.Check(account.Identity{}, ""); err == nil {
			t.Error("a route without a policy admits somebody")
		}
	}
	for key := range routeTests {
		if !listed[key] {
			t.Errorf("%s is promised and not there", key)
		}
	}
	for key := range programTests {
		if !listed[key] {
			t.Errorf("%s is promised to programs and not there", key)
		}
	}
}
