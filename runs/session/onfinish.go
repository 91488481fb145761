package session

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"evenkeel/runs"
	"evenkeel/runs/notice"
	"evenkeel/runs/report"
	"evenkeel/runs/results"
	"evenkeel/search"
)

// finished is what the command of search.on_finish gets on its standard input.
type finished struct {
	Study string `json:"study"`
	// Ended is done, time (its limit is reached) or failed.
	Ended runs.State `json:"ended"`
	// Error is why it failed, or empty.
	Error string `json:"error,omitempty"`
	// DB is the absolute path of the trial history.
	DB string `json:"db"`
	// Leaderboard holds the arms as `evenkeel leaderboard --format json` has them.
	Leaderboard json.RawMessage `json:"leaderboard"`
	// Confirmations are those of the study as `evenkeel confirm --format json` has them.
	Confirmations json.RawMessage `json:"confirmations"`
	// Recommendation holds the options as `evenkeel recommend --format json` has them.
	Recommendation json.RawMessage `json:"recommendation"`
}

// checkOnFinish fails early if the command of search.on_finish is missing.
func checkOnFinish(def *search.Definition) error {
	words := def.Search.OnFinish
	if len(words) == 0 {
		return nil
	}
	program := words[0]
	if strings.ContainsRune(program, filepath.Separator) && !filepath.IsAbs(program) {
		program = filepath.Join(def.Folder, program)
	}
	if _, err := exec.LookPath(program); err != nil {
		return search.Inputf("search.on_finish: %s cannot be started: %w", words[0], err)
	}
	return nil
}

// onFinish starts the command of search.on_finish, if there is one, in the study
// file's folder, and waits for it or for ctx. Its output goes to standard error. That it
// fails is a notice and changes nothing: the search is over.
func (s *searching) onFinish(ctx context.Context, outcome error) {
	words := s.def.Search.OnFinish
	if len(words) == 0 {
		return
	}
	input, err := s.finished(ctx, outcome)
	if err == nil {
		cmd := exec.CommandContext(ctx, words[0], words[1:]...)
		cmd.Dir, cmd.Stdin = s.def.Folder, bytes.NewReader(input)
		cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
		cmd.WaitDelay = 2 * time.Second // then it is killed, and pipes that others hold are closed
		ownGroup(cmd)
		// The parent of which a death is noticed is a thread, which must live as long.
		runtime.LockOSThread()
		err = cmd.Run()
		runtime.UnlockOSThread()
	}
	if err != nil {
		s.notify(notice.OnFinishFailed{Words: words, Err: err})
	}
}

// finished returns the result of the search as JSON on one line.
func (s *searching) finished(ctx context.Context, outcome error) ([]byte, error) {
	f := finished{Study: s.def.Name, Ended: s.ended}
	if outcome != nil {
		f.Error = outcome.Error()
	}
	var err error
	if f.DB, err = filepath.Abs(s.DB); err != nil {
		return nil, err
	}
	overview, err := results.ReadOverview(ctx, s.db, s.def.Name)
	if err != nil {
		return nil, err
	}
	overview.BuiltIn = s.BuiltIn
	var recommendation, board, confirmations bytes.Buffer
	err = errors.Join(
		report.Recommendation(report.Out{W: &recommendation, Format: "json"}, overview),
		report.Leaderboard(report.Out{W: &board, Format: "json"}, overview, report.BoardOptions{}),
		report.Confirmations(report.Out{W: &confirmations, Format: "json"}, overview.Confirmed))
	if err != nil {
		return nil, err
	}
	f.Recommendation = recommendation.Bytes()
	f.Leaderboard, f.Confirmations = board.Bytes(), confirmations.Bytes()
	line, err := json.Marshal(f)
	return append(line, '\n'), err
}
