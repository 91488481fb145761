package cachetest_test

import (
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/cachetest"
)

func TestMemoryConforms(t *testing.T) {
	cachetest.Run(t, func(*testing.T) objective.Cache { return cachetest.NewMemory() })
}
