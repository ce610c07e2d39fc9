package content

// The limits on what people write. They hold for this node's own people and
// for what comes from others alike (security.md S102). Lengths of text are in
// characters (Unicode code points) unless the name says bytes.
const (
	MaxTitle       = 200     // title of a discussion or question (protocol.md 5.2)
	MaxName        = 200     // display name of an actor
	MaxText        = 50_000  // Markdown that a person types
	MaxSummary     = 5_000   // description of a person or community
	MaxAlt         = 1_500   // alternative text of an image
	MaxLink        = 2_048   // bytes of a web address
	MaxAttachments = 50      // files on one post
	MaxOptions     = 20      // choices of a poll
	MaxFields      = 16      // name and value pairs on a profile
	MaxMentions    = 50      // people named in one post
	MaxHTML        = 400_000 // bytes of HTML taken in; the rest is cut off
	MaxDepth       = 32      // elements inside one another
)
