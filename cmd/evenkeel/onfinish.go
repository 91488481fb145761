package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
)

// finished is what the command of search.on_finish gets on its standard input.
type finished struct {
	Study string `json:"study"`
	// Ended is done, time (is over) or failed.
	Ended string `json:"ended"`
	// Error is why it failed, or empty.
	Error string `json:"error,omitempty"`
	// DB is the absolute path of the trial history.
	DB string `json:"db"`
	// Leaderboard holds the arms as `evenkeel leaderboard --format json` has them.
	Leaderboard json.RawMessage `json:"leaderboard"`
}

// onFinish starts the command of search.on_finish, if there is one, in the study
// file's folder, and waits for it. Its output goes to the log. That it fails is
// said and changes nothing: the search is over.
func (s *session) onFinish(ctx context.Context, path string, outcome error) {
	words := s.def.Search.OnFinish
	if len(words) == 0 {
		return
	}
	input, err := s.finished(ctx, path, outcome)
	if err == nil {
		cmd := exec.CommandContext(ctx, words[0], words[1:]...)
		cmd.Dir, cmd.Stdin = s.def.Folder, bytes.NewReader(input)
		cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
		err = cmd.Run()
	}
	if err != nil {
		s.log.print("search.on_finish: %v", err)
	}
}

// finished returns the result of the search as JSON on one line.
func (s *session) finished(ctx context.Context, path string, outcome error) ([]byte, error) {
	f := finished{Study: s.def.Name, Ended: s.ended, Leaderboard: json.RawMessage("[]")}
	if outcome != nil {
		f.Error = outcome.Error()
	}
	var err error
	if f.DB, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	board, err := s.db.Leaderboard(ctx, s.def.Name, 0)
	if err != nil {
		return nil, err
	}
	var rows bytes.Buffer
	if err := boardResult(board).write(&rows, "json"); err != nil {
		return nil, err
	}
	f.Leaderboard = rows.Bytes()
	line, err := json.Marshal(f)
	return append(line, '\n'), err
}
