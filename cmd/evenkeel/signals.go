package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"evenkeel/runs/report"
	"evenkeel/runs/session"
)

// grace is how long trainings may go on after the first Ctrl-C.
const grace = 5 * time.Second

// work is what a command that trains hands to package session.
type work struct {
	session.Config
	ctx  context.Context
	stop <-chan struct{}
	// release ends the watch over signals. It may be called again.
	release func()
}

// done says that the work is done and all is stored: from then on, while the page is made and
// printed, which may take a while, Ctrl-C ends the program at once.
func (w work) done() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	w.release()
	go func() {
		<-signals
		os.Exit(exitInterrupted)
	}()
}

// begin prepares a command that trains: it logs to standard error and obeys signals.
func begin(cmd *cobra.Command, g *global, acceptCode bool) work {
	log := report.NewLog(cmd.ErrOrStderr(), time.Now)
	w := work{Config: session.Config{DB: g.db, Program: programVersion(), AcceptCode: acceptCode, Observe: log.Notice}}
	w.ctx, w.stop, w.release = watchSignals(cmd.Context(), log)
	return w
}

// watchSignals closes stop at the first SIGINT or SIGTERM, and ends the context
// at the second or when the grace is over.
func watchSignals(parent context.Context, log *report.Log) (context.Context, <-chan struct{}, func()) {
	ctx, cancel := context.WithCancel(parent)
	stop, released := make(chan struct{}), make(chan struct{})
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-signals:
		case <-released:
			return
		}
		log.Print("stopping: trainings under way have %v to finish; Ctrl-C again stops at once", grace)
		close(stop)
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-signals:
		case <-timer.C:
		case <-released:
		}
		cancel()
	}()
	return ctx, stop, sync.OnceFunc(func() {
		signal.Stop(signals)
		close(released)
		cancel()
	})
}
