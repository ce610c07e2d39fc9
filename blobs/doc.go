// Package blobs keeps the bytes of files, each under its SHA-256, in a folder, in
// an S3 bucket or in an Azure container (docs/decisions/0028).
//
// It knows nothing of who may read what: a digest is a name, not a right. Bytes
// are received into a temporary file first (Receive), which can be looked at, and
// then kept (Keep). Keep always writes, so that neither its time nor its answer
// tells whether the bytes were here before (security.md S144).
package blobs
