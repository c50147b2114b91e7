// split-sonic INPUT... OUTDIR KEY: OUTDIR/TYPE for each type, OUTDIR/_bad for lines without one; sonic, validated.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/bytedance/sonic"
	"github.com/bytedance/sonic/utf8"
	"github.com/klauspost/compress/gzip"
)

const (
	readBytes  = 4 << 20
	writeBytes = 128 << 10
)

// By default sonic folds the case of keys and leaves control characters in strings; JSON.parse does neither.
var api = sonic.Config{CaseSensitive: true, ValidateString: true}.Froze()

type splitter struct {
	folder  string
	path    []string
	target  reflect.Value
	outputs map[string]*bufio.Writer
}

// A struct of the path's keys only, with a string at its end: sonic compiles a decoder for it that skips, and checks, the rest.
func newTarget(path []string) (reflect.Value, error) {
	shape := reflect.TypeFor[*string]()
	for i := len(path) - 1; i >= 0; i-- {
		tag := reflect.StructTag(fmt.Sprintf("json:%q", path[i]))
		shape = reflect.StructOf([]reflect.StructField{{Name: "Value", Type: shape, Tag: tag}})
	}
	return reflect.New(shape), sonic.Pretouch(shape)
}

// The name aliases line.
func (s *splitter) typeOf(line []byte) string {
	// sonic replaces what is not UTF-8; JSON.parse of a line read strictly refuses it.
	if !utf8.Validate(line) {
		return "_bad"
	}
	s.target.Elem().SetZero()
	if api.Unmarshal(line, s.target.Interface()) != nil {
		return "_bad"
	}
	value := s.target.Elem()
	for range s.path {
		value = value.Field(0)
	}
	if value.IsNil() {
		return "_bad"
	}
	return value.Elem().String()
}

func (s *splitter) add(line []byte) error {
	if len(bytes.TrimLeft(line, " \t\r\n")) == 0 {
		return nil
	}
	name := s.typeOf(line)
	output := s.outputs[name]
	if output == nil {
		file, err := os.Create(filepath.Join(s.folder, name))
		if err != nil {
			return err
		}
		output = bufio.NewWriterSize(file, writeBytes)
		s.outputs[strings.Clone(name)] = output
	}
	_, err := output.Write(line)
	return err
}

func (s *splitter) split(name string, reader *bufio.Reader) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	var source io.Reader = file
	if strings.HasSuffix(name, ".gz") {
		if source, err = gzip.NewReader(file); err != nil {
			return err
		}
	}
	reader.Reset(source)
	for {
		line, err := reader.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			head := bytes.Clone(line)
			line, err = reader.ReadBytes('\n')
			line = append(head, line...)
		}
		if err != nil && err != io.EOF {
			return err
		}
		if added := s.add(line); added != nil {
			return added
		}
		if err == io.EOF {
			return nil
		}
	}
}

func run(inputs []string, folder, key string) error {
	s := &splitter{folder: folder, path: strings.Split(key, "."), outputs: map[string]*bufio.Writer{}}
	var err error
	if s.target, err = newTarget(s.path); err != nil {
		return err
	}
	reader := bufio.NewReaderSize(nil, readBytes)
	for _, input := range inputs {
		if err := s.split(input, reader); err != nil {
			return fmt.Errorf("%s: %w", input, err)
		}
	}
	for _, output := range s.outputs {
		if err := output.Flush(); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: split-sonic INPUT... OUTDIR KEY")
		os.Exit(2)
	}
	last := len(os.Args) - 1
	if err := run(os.Args[1:last-1], os.Args[last-1], os.Args[last]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
