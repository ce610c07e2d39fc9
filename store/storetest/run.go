package storetest

import (
	"testing"

	"moothall/store"
)

// Run runs every test on databases that open makes, one for each test.
func Run(t *testing.T, open func(t testing.TB) *store.DB) {
	tests := []struct {
		name string
		f    func(*testing.T, *Town)
	}{
		{"I4_ReadableIsMayRead", readableIsMayRead},
		{"ListsAskReadable", listsAskReadable},
		{"AnswersAreReadable", answersAreReadable},
		{"I2_RecordExactlyOnce", recordExactlyOnce},
		{"WhatWasDoneWith", whatWasDoneWith},
		{"ActivityStates", activityStates},
		{"DomainsTakeTurns", turns},
		{"Boxes", boxes},
		{"S188_InboxEndsWithTheRight", inboxEndsWithTheRight},
		{"Reader", reader},
		{"ErrorAndPanicLeaveNeighboursAlone", neighboursAreLeftAlone},
		{"AfterRunsAfterCommitInOrder", afterRunsAfterCommit},
		{"TryUndoesItsPart", tryUndoesItsPart},
		{"ReadCannotWrite", readCannotWrite},
		{"S233_CallerWhoGoesAway", callerWhoGoesAway},
		{"CloseRefusesNewWork", closeRefusesNewWork},
		{"I8_NumbersFollowCommits", numbersFollowCommits},
		{"I8_DueTo", dueTo},
		{"DueToFindsWhatIsFarAhead", dueToFarAhead},
		{"MovedInboxAndLeavers", movedInbox},
		{"CursorsAndLeases", cursorsAndLeases},
		{"ChainSurvivesErasure", chainSurvivesErasure},
		{"CountersNeverDrift", countersNeverDrift},
		{"S190_NarrowedCommunity", narrowed},
		{"S191_AudienceOfAPost", audienceOfAPost},
		{"CountersUnderRaces", countersUnderRaces},
		{"LockedPosts", lockedPosts},
		{"HiddenPosts", hiddenPosts},
		{"RestoredPosts", restoredPosts},
		{"Reactions", reactions},
		{"Notifications", notificationRows},
		{"Actors", actorRows},
		{"Secrets", secretRows},
		{"GoneActors", goneActors},
		{"Communities", listedCommunities},
		{"CommunitySettings", communitySettings},
		{"Memberships", membershipRows},
		{"MembershipCounts", membershipCounts},
		{"S188_Epochs", epochs},
		{"Posts", postRows},
		{"Accounts", accountRows},
		{"Sessions", sessionRows},
		{"S153_InvitationIsSpentOnce", invitationIsSpentOnce},
		{"S153_Bids", bidRows},
		{"LastAdminStays", lastAdminStays},
		{"Policy", policyRules},
		{"RefusedRequests", refusalRows},
		{"Audit", auditRows},
		{"HistoryJobs", historyJobs},
		{"ThreadJobs", threadJobs},
		{"RevisionsFollowEveryChange", revisions},
		{"FollowerDigests", followerDigests},
		{"Instances", instanceRows},
		{"Partners", partnerRows},
		{"Setbacks", setbackRows},
		{"Rechecks", recheckRows},
		{"Reports", reportRows},
		{"Moves", moveRows},
		{"Documents", documentRows},
		{"RelatedDocuments", relatedDocuments},
		{"DocumentsLeftBehind", leftBehind},
		{"ToldTexts", toldTexts},
		{"Uploads", uploadRows},
		{"Files", fileRows},
		{"ClaimedFiles", claimedFiles},
		{"SavedDocuments", savedDocuments},
		{"CopiesOfDocuments", copiesOfDocuments},
		{"RequestsForAnotherFormat", formatRequests},
		{"UseOfDocuments", documentUse},
		{"Search", searchFinds},
		{"S176_SearchShowsOnlyWhatMayBeRead", searchShowsOnlyWhatMayBeRead},
		{"S176_SearchLeavesNoTrace", searchLeavesNoTrace},
		{"S112_HostileSearches", hostileSearches},
		{"SearchIsTheSameOnBothDatabases", searchIsTheSame},
		{"IndexIsMadeAnew", indexIsMadeAnew},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.f(t, NewTown(t, open(t)))
		})
	}
}
