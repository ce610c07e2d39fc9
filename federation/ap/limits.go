package ap

import (
	"moothall/content"
)

// The limits of one document (security.md S95). A body is at most 1 MiB before
// it comes here.
const (
	maxDepth  = 32
	maxTokens = 20_000
	maxString = 512 << 10 // bytes between the quotes
)

// The limits of fields (security.md S101, S102; protocol.md 2), where they are
// also limits of local people the same. Lengths of text are in runes: longer
// text is cut. Longer lists are refused, but for the lines of a profile, of
// which the first are kept.
const (
	maxAddress     = 2048 // bytes of an id
	maxName        = 300
	maxActorName   = content.MaxName
	maxSummary     = content.MaxSummary
	maxBio         = 50_000 // HTML of a profile
	maxContent     = content.MaxHTML
	maxAltText     = content.MaxAlt
	maxShort       = 200 // types, media types, languages
	maxKeyText     = 16_384
	maxTags        = content.MaxMentions
	maxAttachments = content.MaxAttachments
	maxProperties  = content.MaxFields
	maxKeys        = 10
	maxRecipients  = 500
	maxBatch       = 200   // things in one activity
	maxItems       = 1_000 // things in one page of a collection
)
