package objective

import "strconv"

// InSentence returns the name of a class as sentences show it. A name that is a number
// is quoted, so that it cannot be read as a figure: class "1".
func InSentence(class string) string {
	if _, err := strconv.ParseFloat(class, 64); err == nil {
		return strconv.Quote(class)
	}
	return class
}
