package store_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"
)

// released holds the hash of every migration that a node may have run. Such a
// file is never edited again: what has to change goes into a new one.
var released = map[string]string{
	"00001_initial.sql":           "4596a3ad93b76fb0585832dc34ad60c855bf5ab6ef554e60913b016d531833e7",
	"00002_smaller_indexes.sql":   "42b4bf7ed2369101002bf3743a8f840c129d75cb8bd1cfc343dc046ac8c0d5ef",
	"00003_signature_styles.sql":  "ac7ea9631daa1346c9cbc40688930fca1509a3cf06cbb79bd3c02521f1be46b8",
	"00004_moderation.sql":        "6a924f438f2b50dbe8e5cb301f31bdf27949e0323bad85b76f7aa5a6d3a038fb",
	"00005_reports_and_moves.sql": "828e8bcf7154b01e28aa4707fd95cba0c479b958010509a12273a192d16a9f2d",
	"00006_conversations.sql":     "ccce10152783857e4bc205942de1dde72ca85c7f3b41e0e83fd25d366c5d3462",
	"00009_interop.sql":           "682c904f49aff384d993a35426a2b902e81bbeaf30a4f55e83a41ee751274177",
	"00010_what_came_of_it.sql":   "6dc4f69e27b6115a8062a1f013253452d18d0fe3a0e6e8409a688064c8e78188",
	"00011_log_by_activity.sql":   "5131d1e52ae943e9c82ed3084887b5186c261b4b15b8f1e49a91a345688ab2b3",
	"00012_outbox.sql":            "bb4029676e9e8ab372cc24280309c761d6931422515d3b40b2cb230c1315e324",
	"00013_documents.sql":         "bac31f1c14b32e2074fc12bc07fbe10c1435bccc298888a95624179a876fbf47",
	"00014_search.sql":            "baa950755b98d6e2e4e6ff49543e4eaba9bd0a4c053cfeb417603d30a6817e25",
	"00015_fair_queue.sql":        "59540369f61c1bad14c2e4a3f0179806155f9a83a9d91c8386fe722209187567",
	"00016_clean.sql":             "99ddcea61ff2c1ae821c555388ce788802f6b277d25cba7d41546b28562347e0",
	"00019_asides.sql":            "5dc71c2d4b28bbf034a1ae1f8a366224dabe7e1ea620f6c9c4f8c117362d9af9",
	"00020_locked_at.sql":         "78440d5a98288d6d8f162616c1282b122730dcfb3bbe118ed89cd2af8e4ba430",
	"00021_records.sql":           "177bbc47b624c8c312720923661004b31fafdc1c1fe8f8417294e0eb923d080f",
	"00022_fetched.sql":           "56b1a60ffa29c8c603504927b04080f93beb1bc5836de0dc9736d7a5cd127b08",
	"00023_format_requests.sql":   "d76fa8b2444e4fb25f9990f37c370279e146c814e9f10e0e854a6f6d6a421b7b",
	"00035_purge.sql":             "982991d7dfec2d5d8b1695b8b655c4d62fc54b55162b368d13e0c4732de4c0ed",
	"00027_withdrawn_for.sql":     "6be1a6872891525539716028ca16828019ce75ddd9383257b79edf07501bc35c",
	"00028_figures.sql":           "8abd1803b6b66cb30bd5d57b4aa17ea069423920e32b0c71e66038eec2d0b1c6",
	"00029_readers.sql":           "3f4cf455215c34c3094a84c2178780c81f2dba18770c24ff8b5dd2c11a7cb2d2",
	"00036_receipts.sql":          "d7bc276ffdd92467b75bb817d78d8121fef65faf3d7343a71ad3b68de077533f",
	"00039_answers.sql":           "945c534ecdbcd077c0609d33c900a50a3c2fe2a2ad4657218d50e39045965a79",
	"00034_member_tokens.sql":     "4c10476a64b516fcf461afd34880de9f3f31971353c84a2502f084a2e95a9e11",
	"00033_bids.sql":              "01dee5d0f8aabb94ccafb32725272b523e31a3ce4e728ac22cc868f5ae97e98d",
}

func TestReleasedMigrationsAreNeverEdited(t *testing.T) {
	files, err := filepath.Glob("migrations/*/*.sql")
	if err != nil || len(files) < len(released) {
		t.Fatalf("%d migrations for %d released ones: %v", len(files), len(released), err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want, ok := released[filepath.Base(path)]
		if !ok {
			t.Errorf("%s is not on the list: add its hash when it lands", path)
			continue
		}
		if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != want {
			t.Errorf("%s was edited after its release: put the change into a new migration", path)
		}
	}
}
