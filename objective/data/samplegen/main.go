// Command samplegen makes the sample of Fashion-MNIST that package data embeds
// from the four official files, after checking their SHA-256:
//
//	go generate ./objective/data
//
// or, with the files somewhere else,
//
//	cd objective/data && go run ./samplegen -from DIR
//
// It prints what it wrote and the checksums that PROVENANCE.md records. The
// rule is in package fashion; running it twice gives the same bytes.
package main

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"os"

	"evenkeel/objective/data/internal/fashion"
)

func main() {
	from := flag.String("from", fashion.DefaultDir, "folder with the four official files")
	out := flag.String("out", "fashion/sample.gz", "file to write")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "samplegen: unexpected argument %q; want flags only\n", flag.Arg(0))
		os.Exit(2)
	}
	if err := generate(*from, *out); err != nil {
		fmt.Fprintf(os.Stderr, "samplegen: %v\n", err)
		os.Exit(1)
	}
}

// generate writes the sample made from the files in dir.
func generate(dir, out string) error {
	raw, err := fashion.Build(dir)
	if err != nil {
		return err
	}
	file, err := fashion.Compress(raw)
	if err != nil {
		return fmt.Errorf("compress: %w", err)
	}
	if err := os.WriteFile(out, file, 0o644); err != nil {
		return err
	}
	fmt.Printf("%s: %d bytes, SHA-256 %x\n", out, len(file), sha256.Sum256(file))
	fmt.Printf("uncompressed: %d bytes, SHA-256 %x\n", len(raw), sha256.Sum256(raw))
	return nil
}
