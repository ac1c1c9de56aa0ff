package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// starter starts processes from one thread that lives as long as the runner, so that the kernel ends them when the
// runner is killed (the parent of PR_SET_PDEATHSIG is a thread).
type starter struct{ work chan func() }

func newStarter() *starter {
	s := &starter{work: make(chan func())}
	go func() {
		runtime.LockOSThread()
		for f := range s.work {
			f()
		}
	}()
	return s
}

// process is one run of a container.
type process struct {
	command *exec.Cmd
	started time.Time
	ended   chan struct{} // closed when it has ended
	code    int           // as Kubernetes tells it: 128 + signal
	signal  int
}

// start runs a command line with its output in a file and the environment that Java needs, and `more` of it.
func (s *starter) start(line []string, folder, output string, more []string) (*process, error) {
	file, err := os.OpenFile(output, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	command := exec.Command(line[0], line[1:]...)
	command.Dir, command.Stdout, command.Stderr = folder, file, file
	command.Env = []string{}
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); name == "PATH" || name == "HOME" || name == "JAVA_HOME" {
			command.Env = append(command.Env, variable)
		}
	}
	command.Env = append(command.Env, more...)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	result := make(chan error, 1)
	s.work <- func() { result <- command.Start() }
	if err := <-result; err != nil {
		return nil, err
	}
	p := &process{command: command, started: time.Now(), ended: make(chan struct{})}
	go p.wait()
	return p, nil
}

func (p *process) wait() {
	err := p.command.Wait()
	if status, ok := p.command.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		p.signal = int(status.Signal())
		p.code = 128 + p.signal
	} else if err != nil {
		p.code = p.command.ProcessState.ExitCode()
	}
	close(p.ended)
}

func (p *process) over() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

func (p *process) send(signal syscall.Signal) {
	if !p.over() {
		_ = p.command.Process.Signal(signal)
	}
}

// sendAll reaches what the process itself has started, too.
func (p *process) sendAll(signal syscall.Signal) {
	if !p.over() {
		_ = syscall.Kill(-p.command.Process.Pid, signal)
	}
}

func (p *process) String() string { return fmt.Sprintf("pid %d", p.command.Process.Pid) }
