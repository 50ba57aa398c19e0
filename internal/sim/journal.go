package sim

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// maxEvent is the longest line of a journal that is read, in bytes.
const maxEvent = 4 << 20

// journal is what the simulator remembers: a file of events, one JSON object a
// line, and beside it the texts of messages, to which events point. Both are only
// appended to. An event is written in one piece after what it points to, so that
// a kill at any moment leaves whole events and at most one torn line, which is
// dropped at the next start. Nothing is synced: a simulator need not survive the
// machine.
type journal struct {
	events, texts *os.File
	eventsEnd     int64
	textsEnd      int64
}

func openJournal(dir string, apply func(*event) error) (*journal, error) {
	j := &journal{}
	var err error
	if j.events, err = os.OpenFile(filepath.Join(dir, "journal.jsonl"), os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, err
	}
	if j.texts, err = os.OpenFile(filepath.Join(dir, "messages.xml"), os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		j.close()
		return nil, err
	}
	if j.textsEnd, err = j.texts.Seek(0, io.SeekEnd); err == nil {
		err = j.replay(apply)
	}
	if err != nil {
		j.close()
		return nil, err
	}
	return j, nil
}

// replay applies the events and cuts off a torn last line.
func (j *journal) replay(apply func(*event) error) error {
	in := bufio.NewReaderSize(j.events, maxEvent)
	var whole int64
	for n := 1; ; n++ {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("journal, line %d: %w", n, err)
		}
		var e event
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("journal, line %d: %w", n, err)
		}
		if err := apply(&e); err != nil {
			return fmt.Errorf("journal, line %d: %w", n, err)
		}
		whole += int64(len(line))
	}
	if err := j.events.Truncate(whole); err != nil {
		return err
	}
	j.eventsEnd = whole
	return nil
}

// append writes one event. One that could not be written whole is taken back.
func (j *journal) append(e *event) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if len(line) >= maxEvent {
		return errors.New("an event too long for the journal")
	}
	line = append(line, '\n')
	if _, err = j.events.WriteAt(line, j.eventsEnd); err != nil {
		return errors.Join(err, j.events.Truncate(j.eventsEnd))
	}
	j.eventsEnd += int64(len(line))
	return nil
}

// text writes the text of a message and returns its place.
func (j *journal) text(text []byte) (span, error) {
	at := j.textsEnd
	n, err := j.texts.WriteAt(text, at)
	j.textsEnd += int64(n)
	return span{at, int64(len(text))}, err
}

// span is a place in the texts, in bytes.
type span struct {
	At   int64 `json:"at"`
	Size int64 `json:"size"`
}

func (j *journal) read(s span) ([]byte, error) {
	text := make([]byte, s.Size)
	if _, err := j.texts.ReadAt(text, s.At); err != nil {
		return nil, fmt.Errorf("the text of a message: %w", err)
	}
	return bytes.TrimSpace(text), nil
}

func (j *journal) close() {
	for _, f := range []*os.File{j.events, j.texts} {
		if f != nil {
			f.Close()
		}
	}
}
