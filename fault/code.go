package fault

// Code is the stable name of one error in the interface: programs decide by it,
// and pages carry it in data-error. A code never changes its meaning.
type Code string

// The codes, each with the kind that it usually comes with.
const (
	CodeMalformed         Code = "malformed"           // Invalid: the request itself
	CodeTooLarge          Code = "too_large"           // Invalid: the request itself
	CodeInvalid           Code = "invalid"             // Invalid: one field
	CodeRecipientInvalid  Code = "recipient_invalid"   // Invalid
	CodeRecipientMissing  Code = "recipient_missing"   // Invalid
	CodeTooManyRecipients Code = "too_many_recipients" // Invalid
	// Invalid: named recipients without a mail server
	CodeMailOff              Code = "mail_off"
	CodePolicyAccess         Code = "policy_access"         // Invalid: the policy forbids it
	CodePolicyExpiry         Code = "policy_expiry"         // Invalid: the policy forbids it
	CodePolicyViews          Code = "policy_views"          // Invalid: the policy forbids it
	CodePolicyRecipientType  Code = "policy_recipient_type" // Invalid: the policy forbids it
	CodeRecipientMember      Code = "recipient_member"      // Invalid: has an account, for who may not reveal
	CodePolicyDomain         Code = "policy_domain"         // Invalid: the policy forbids it
	CodePolicyFiles          Code = "policy_files"          // Invalid: the policy forbids it
	CodeUnauthenticated      Code = "unauthenticated"       // Unauthenticated
	CodeSigninFailed         Code = "signin_failed"         // Unauthenticated
	CodeVerificationRequired Code = "verification_required" // Unauthenticated: a code is needed
	CodeCodeInvalid          Code = "code_invalid"          // Unauthenticated: that code is wrong
	CodeForbidden            Code = "forbidden"             // Forbidden
	// Forbidden: the person must set up a second factor first
	CodeFactorRequired   Code = "second_factor_required"
	CodeNotFound         Code = "not_found"          // NotFound
	CodeMethodNotAllowed Code = "method_not_allowed" // Invalid: the request itself
	CodeExpired          Code = "expired"            // Gone
	CodeRevoked          Code = "revoked"            // Gone
	CodeViewed           Code = "viewed"             // Gone: no views left
	CodeConflict         Code = "conflict"           // Conflict
	// PreconditionMissing: the request needs an If-Match
	CodePreconditionRequired Code = "precondition_required"
	// Conflict: the same request was sent before
	CodeAlreadyCreated  Code = "already_created"
	CodeTooManyAttempts Code = "too_many_attempts" // TooMany
	CodeUnavailable     Code = "unavailable"       // Unavailable: nothing was lost
	// Unavailable: nobody knows whether a native link was created
	CodeLinkUnknown Code = "link_unknown"
	// Unavailable: nobody knows whether a change was saved
	CodeUnknownOutcome Code = "unknown_outcome"
	CodeDamaged        Code = "damaged"  // Internal: stored bytes do not open
	CodeInternal       Code = "internal" // Internal
)
