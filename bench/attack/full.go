//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// mount mounts a small file system in memory at a folder of the trial.
func (t *trial) mount(name string, kilobytes int) (folder string, unmount func() error, err error) {
	folder = filepath.Join(t.folder, name)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", nil, err
	}
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, fmt.Sprintf("size=%dk", kilobytes)); err != nil {
		return "", nil, fmt.Errorf("not possible here: mounting a tmpfs: %w (needs root, or `unshare -rm` before the command)", err)
	}
	return folder, func() error { return syscall.Unmount(folder, syscall.MNT_DETACH) }, nil
}

// fullDisk searches on a disk that has room for a part of the study. The search ends with an
// error, readers work or say why not, and with more room the study is completed.
func fullDisk(t *trial) (err error) {
	folder, unmount, err := t.mount("disk", 60+t.rng.IntN(500))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unmount()) }()
	study := bothKinds[t.number%len(bothKinds)]
	db := filepath.Join(folder, "x.db")
	args, _ := t.stageArgs(study, searched, db)
	p, err := t.start(nil, args...)
	if err != nil {
		return err
	}
	if err := p.want(0, 1); err != nil {
		return err
	}
	if s := p.stderr.String(); p.status() == 1 && !strings.Contains(s, "full") && !strings.Contains(s, "no space") {
		return fmt.Errorf("the disk is full, and the search says\n%s", tail(s))
	}
	q, err := t.start(nil, "leaderboard", "--db", db)
	if err != nil {
		return err
	}
	if err := q.want(0, 1, 2); err != nil {
		return err
	}
	if err := syscall.Mount("tmpfs", folder, "tmpfs", syscall.MS_REMOUNT, "size=64m"); err != nil {
		return fmt.Errorf("not possible here: making the tmpfs larger: %w", err)
	}
	if err := sound(db); err != nil {
		return err
	}
	return t.completes(study, searched, db)
}

// fullTemporary searches with a trainer whose TMPDIR is full. The search ends, and with room again
// the study ends as the undisturbed one.
func fullTemporary(t *trial) (err error) {
	folder, unmount, err := t.mount("tmp", 16+t.rng.IntN(32))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unmount()) }()
	fill := filepath.Join(folder, "fill")
	if err := os.WriteFile(fill, make([]byte, 1<<20), 0o600); err == nil {
		return errors.New("1 MiB fits on a disk of 48 kB")
	}
	db := filepath.Join(t.folder, "x.db")
	args, _ := t.stageArgs(program, searched, db)
	p, err := t.start(nil, args...)
	if err != nil {
		return err
	}
	if err := p.want(1); err != nil {
		return err
	}
	if err := syscall.Mount("tmpfs", folder, "tmpfs", syscall.MS_REMOUNT, "size=64m"); err != nil {
		return fmt.Errorf("not possible here: making the tmpfs larger: %w", err)
	}
	if err := errors.Join(os.Remove(fill), sound(db)); err != nil {
		return err
	}
	return t.completes(program, searched, db)
}
