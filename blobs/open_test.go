package blobs

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestURLsThatCannotBeUsedAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, url := range []string{
		"", "files", "/srv/files", "file:", "file://", "file://server/share", "file:///srv/files?x=1", "http://example.com/", "mem://",
		"gs://bucket", "s3:", "s3:bucket", "s3://", "s3:///bucket", "s3://bucket/folder", "s3://key:secret@bucket", "s3://bucket?regoin=x",
		"azblob://", "azblob://container/folder", "azblob://container?storage=x", "azblob://%zz", "S3 bucket",
	} {
		_, err := Open(t.Context(), url, filepath.Join(dir, "spool"))
		if CheckURL(url) == nil {
			t.Errorf("%q would be taken", url)
		}
		if !errors.Is(err, ErrURL) || !strings.Contains(err.Error(), "s3://BUCKET") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", url, err)
		}
	}
}

func TestFoldersAreNamedInThreeWays(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for url, folder := range map[string]string{
		"file:files":                                "files",
		"file:" + dir + "/a b%20c":                  "a b%20c",
		"file://" + dir + "/d%20e":                  "d e",
		"file://localhost" + dir + "/one/two/three": "one/two/three",
	} {
		s := opened(t, url)
		if s.folder != filepath.Join(dir, folder) {
			t.Errorf("%s is %s", url, s.folder)
		}
		if err := errors.Join(CheckURL(url), s.Check(t.Context())); err != nil {
			t.Error(err)
		}
	}
}

// TestCheckSaysWhatToDo asks places that are not there; nobody listens on port 1.
func TestCheckSaysWhatToDo(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "x")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "x")
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	s := opened(t, "s3://bucket?region=eu-west-2&endpoint=http://127.0.0.1:1&use_path_style=true")
	if err := s.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "s3://bucket: check its name, region and endpoint") {
		t.Errorf("nobody answers: %v", err)
	}
	folder := folderStore(t)
	if err := os.Remove(folder.folder); err != nil {
		t.Fatal(err)
	}
	if err := folder.Check(t.Context()); err == nil || !strings.Contains(err.Error(), folder.folder) {
		t.Errorf("a folder that is gone: %v", err)
	}
}

func TestCheckOfWrongCredentials(t *testing.T) {
	t.Setenv("AWS_SECRET_ACCESS_KEY", "wrong")
	s := opened(t, place(t, "TEST_S3_URL"))
	if err := s.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "SignatureDoesNotMatch") {
		t.Errorf("%v", err)
	}
}

func TestLongErrorsBecomeOneLine(t *testing.T) {
	t.Parallel()
	many := errors.New("GET http://x/y\n-----\n<Code>AuthorizationFailure</Code>\n  <Message>no\n-----\n")
	if got := (oneLine{many}).Error(); got != "GET http://x/y <Code>AuthorizationFailure</Code> <Message>no" {
		t.Errorf("%q", got)
	}
}

func TestCheckOfABucketThatIsNotThere(t *testing.T) {
	for variable, name := range map[string]string{"TEST_S3_URL": "s3://", "TEST_AZURE_URL": "azblob://"} {
		t.Run(variable, func(t *testing.T) {
			s := opened(t, strings.Replace(place(t, variable), name+"moothall", name+"elsewhere", 1))
			if err := s.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "there is no such place; create it") {
				t.Errorf("%v", err)
			}
		})
	}
}
