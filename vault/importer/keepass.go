package importer

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"itemshare/fault"
	"itemshare/vault"
)

// KeePass 2 and KeePassXC export the XML within their databases (keepass.info/help/kb/kdbx_4.html and
// kdbx-xml of keepassxreboot/keepassxc-specs): Meta, with the bytes of files, then groups of entries.

// Limits of an export in XML.
const (
	maxXMLText  = maxItemText + 1024 // bytes of one text, but for a file's bytes
	maxXMLDepth = 100                // elements within each other
)

// keePass is an export. A first reading takes the name, the bin and where the bytes of files are.
type keePass struct {
	ctx     context.Context
	text    text
	options Options
	cost    int64
	title   string
	root    string // UUID of the root group
	bin     string // UUID of the recycle bin
	pool    map[string]*keePassFile
}

func readKeePass(
	ctx context.Context, from text, size int64, options Options,
) (*Archive, error) {
	x := &keePass{
		ctx: ctx, text: from, options: options, cost: costFree + costRatio*size,
		pool: map[string]*keePassFile{},
	}
	report := newReport()
	if err := x.walk(keePassVisitor{meta: x.meta, report: report}); err != nil {
		return nil, x.plain(err)
	}
	archive, err := newArchive("KeePass export", report, x.each)
	if err != nil {
		return nil, err
	}
	for _, file := range x.pool {
		report.Balance.Entries++
		if file.taken {
			report.Balance.EntriesTaken++
		} else if len(report.Unused) < maxFindings {
			report.Unused = append(report.Unused, "Binary "+shortened(file.id))
		}
	}
	return archive, nil
}

// errNotKeePass is the error for XML of another root.
var errNotKeePass = errors.New("not a KeePass export")

// plain replaces an error of reading, which may quote the export, by a sentence.
func (x *keePass) plain(err error) error {
	var syntax *xml.SyntaxError
	switch {
	case err == nil, errors.Is(err, errStopped):
		return nil
	case fault.KindOf(err) != fault.Internal:
		return err
	case x.ctx.Err() != nil:
		return fmt.Errorf("read an export: %w", x.ctx.Err())
	case errors.Is(err, errNotKeePass):
		return unknown()
	case errors.As(err, &syntax), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return invalidFile("The export is damaged or incomplete: its XML can't be read.", nil)
	}
	return invalidFile("The export isn't in KeePass's format.", nil)
}

// keePassVisitor is called for the parts of an export. A part without a function is skipped.
type keePassVisitor struct {
	meta   func(x *xmlReader, report *Report) error
	entry  func(v *value, groups []keePassGroup) bool
	report *Report
}

// keePassGroup is a group that an entry is in.
type keePassGroup struct{ uuid, name string }

// walk reads the export from its start to its end.
func (x *keePass) walk(visit keePassVisitor) error {
	content, err := x.text.open()
	if err != nil {
		return err
	}
	defer content.Close()
	r := newXMLReader(x.ctx, content)
	root, err := r.nextElement()
	if err != nil || root != "KeePassFile" {
		return errors.Join(errNotKeePass, x.ctx.Err())
	}
	return r.children(func(name string) error {
		switch {
		case name == "Meta" && visit.meta != nil:
			return visit.meta(r, visit.report)
		case name == "Root":
			return r.children(func(name string) error {
				if name == "Group" {
					return x.group(r, visit, nil)
				}
				return r.skip()
			})
		}
		return r.skip()
	})
}

// meta reads what the entries need to know of the whole.
func (x *keePass) meta(r *xmlReader, report *Report) error {
	return r.children(func(name string) (err error) {
		switch name {
		case "DatabaseName":
			x.title, err = r.content()
		case "RecycleBinUUID":
			x.bin, err = r.content()
		case "DatabaseDescription":
			var text string
			if text, err = r.content(); strings.TrimSpace(text) != "" {
				report.add(Finding{
					What: VaultDescription, Vault: x.title, Field: name,
					Detail: "The description of a vault was left out.",
				})
			}
		case "Binaries":
			return r.children(func(string) error { return x.binary(r) })
		default:
			return r.skip()
		}
		return err
	})
}

// group reads a group. Its name comes before its entries.
func (x *keePass) group(r *xmlReader, visit keePassVisitor, above []keePassGroup) error {
	groups := append(above[:len(above):len(above)], keePassGroup{})
	here := &groups[len(groups)-1]
	return r.children(func(name string) (err error) {
		switch name {
		case "Name":
			here.name, err = r.content()
			return err
		case "UUID":
			here.uuid, err = r.content()
			if x.root == "" {
				x.root = here.uuid
			}
			return err
		case "Group":
			return x.group(r, visit, groups)
		case "Entry":
			if visit.entry == nil {
				return r.skip()
			}
			left := budget{bytes: maxItemText, values: maxItemValues}
			v, err := r.value(&left, 0)
			if err == nil && !visit.entry(v, groups) {
				err = errStopped
			}
			return err
		case "Notes":
			text, err := r.content()
			if visit.report != nil && visit.entry != nil && strings.TrimSpace(text) != "" {
				visit.report.setting("Group.Notes")
			}
			return err
		}
		return r.skip()
	})
}

func (x *keePass) each(report *Report, do func(vault.ImportedItem) bool) error {
	r := keePassReader{keePass: x, reading: newReading(report, x.options, x.cost)}
	return x.plain(x.walk(keePassVisitor{
		report: report,
		entry: func(v *value, groups []keePassGroup) bool {
			r.items++
			return do(r.read(v, groups))
		},
	}))
}
